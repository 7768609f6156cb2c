/** One column for each row so that the sum of the gains is largest; shortest augmenting paths (Jonker and Volgenant, 1987). */
export function largestAssignment(gains) {
  const count = gains.length;
  const rowPrice = new Float64Array(count + 1);
  const columnPrice = new Float64Array(count + 1);
  const rowOf = new Int32Array(count + 1); // of a column, from 1; 0 for none
  for (let row = 1; row <= count; row++) {
    const cheapest = new Float64Array(count + 1).fill(Infinity);
    const previous = new Int32Array(count + 1);
    const isVisited = new Uint8Array(count + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      isVisited[column] = 1;
      const from = rowOf[column];
      let next = 0;
      let step = Infinity;
      for (let other = 1; other <= count; other++) {
        if (isVisited[other]) continue;
        const cost = -gains[from - 1][other - 1] - rowPrice[from] - columnPrice[other];
        if (cost < cheapest[other]) [cheapest[other], previous[other]] = [cost, column];
        if (cheapest[other] < step) [step, next] = [cheapest[other], other];
      }
      for (let other = 0; other <= count; other++) {
        if (isVisited[other]) {
          rowPrice[rowOf[other]] += step;
          columnPrice[other] -= step;
        } else cheapest[other] -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = previous[column]) rowOf[column] = rowOf[previous[column]];
  }
  const columns = new Array(count);
  for (let column = 1; column <= count; column++) columns[rowOf[column] - 1] = column - 1;
  return columns;
}
