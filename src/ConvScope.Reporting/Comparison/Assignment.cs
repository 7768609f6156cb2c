namespace ConvScope.Reporting.Comparison;

/// <summary>The assignment problem: one column for each row so that the sum is largest. Shortest augmenting paths, O(n³). Source: Jonker and Volgenant, Computing 38 (1987).</summary>
internal static class Assignment
{
    /// <summary>The column of each row.</summary>
    /// <param name="gains">Square matrix of finite gains.</param>
    public static int[] Largest(double[,] gains)
    {
        var count = gains.GetLength(0);
        double[] rowPrice = new double[count + 1], columnPrice = new double[count + 1];
        var rowOf = new int[count + 1]; // of a column, from 1; 0 for none
        for (var row = 1; row <= count; row++)
            Augment(gains, row, rowPrice, columnPrice, rowOf);
        var columns = new int[count];
        for (var column = 1; column <= count; column++)
            columns[rowOf[column] - 1] = column - 1;
        return columns;
    }

    /// <summary>Gives one more row a column, along the cheapest path of exchanges.</summary>
    private static void Augment(double[,] gains, int row, double[] rowPrice, double[] columnPrice, int[] rowOf)
    {
        var count = rowOf.Length - 1;
        var cheapest = new double[count + 1];
        Array.Fill(cheapest, double.PositiveInfinity);
        var previous = new int[count + 1];
        var isVisited = new bool[count + 1];
        rowOf[0] = row;
        var column = 0;
        do
        {
            isVisited[column] = true;
            int from = rowOf[column], next = 0;
            var step = double.PositiveInfinity;
            for (var other = 1; other <= count; other++)
            {
                if (isVisited[other])
                    continue;
                var cost = -gains[from - 1, other - 1] - rowPrice[from] - columnPrice[other];
                if (cost < cheapest[other])
                    (cheapest[other], previous[other]) = (cost, column);
                if (cheapest[other] < step)
                    (step, next) = (cheapest[other], other);
            }

            for (var other = 0; other <= count; other++)
            {
                if (isVisited[other])
                {
                    rowPrice[rowOf[other]] += step;
                    columnPrice[other] -= step;
                }
                else
                {
                    cheapest[other] -= step;
                }
            }

            column = next;
        }
        while (rowOf[column] != 0);

        while (column != 0)
        {
            rowOf[column] = rowOf[previous[column]];
            column = previous[column];
        }
    }
}
