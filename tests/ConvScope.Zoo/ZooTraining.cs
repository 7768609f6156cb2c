using ConvScope.Inspection;
using ConvScope.Records.Recording;
using TorchSharp;
using static TorchSharp.torch;

namespace ConvScope.Zoo;

/// <summary>Does one training and gives what the diagnosis found.</summary>
internal static class ZooTraining
{
    private const int ValidationCount = 1024;

    public static ZooResult Run(Case one, ImageData data, int seed, string folder)
    {
        using var scope = NewDisposeScope();
        var recipe = one.Recipe;
        manual_seed(seed);
        var order = randperm(data.Labels.shape[0], ScalarType.Int64);
        var (images, labels) = Take(data, order.narrow(0, 0, recipe.Count));
        var (validationImages, validationLabels) = Take(data, order.narrow(0, recipe.Count, ValidationCount));
        if (recipe.Sorted)
        {
            var sorted = labels.argsort();
            (images, labels) = (images.index_select(0, sorted), labels.index_select(0, sorted));
        }

        images = recipe.Images?.Invoke(images) ?? images;
        validationImages = recipe.Images?.Invoke(validationImages) ?? validationImages;
        labels = recipe.Labels?.Invoke(labels) ?? labels;
        using var network = recipe.Network(data.Channels);
        recipe.Initialize?.Invoke(network);
        using var optimizer = recipe.Optimizer(network);
        var stepsPerEpoch = recipe.Count / recipe.BatchSize;
        var options = new InspectionOptions(folder) { Budget = null, StepsPerEpoch = stepsPerEpoch };
        var leftOut = new LeftOutParts();
        using var inspection = Scope.Attach(network, optimizer, options, leftOut);
        (double Loss, double Accuracy) Validate() => Evaluate(network, validationImages, validationLabels);
        Loop(recipe, network, optimizer, images, labels, stepsPerEpoch, inspection, Validate);
        if (inspection.Failure is { } failure)
            throw new InvalidOperationException($"The inspection of '{one.Name}' failed: {failure.Message}", failure);
        if (leftOut.Texts.Count > 0)
            throw new InvalidOperationException($"The inspection of '{one.Name}': {leftOut.Texts[0]}");
        return new ZooResult(one, data.Name, seed, Validate().Accuracy, [.. inspection.Findings]);
    }

    private static void Loop(
        Recipe recipe, nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, Tensor images, Tensor labels, int stepsPerEpoch, Scope inspection, Func<(double Loss, double Accuracy)> evaluate)
    {
        var order = arange(recipe.Count, ScalarType.Int64);
        double loss = 0, right = 0;
        for (var step = 0; step < recipe.Steps; step++)
        {
            using var tensors = NewDisposeScope();
            if (recipe.Shuffle && step % stepsPerEpoch == 0)
                order = randperm(recipe.Count, ScalarType.Int64).MoveToOuterDisposeScope();
            var rows = order.narrow(0, step % stepsPerEpoch * recipe.BatchSize, recipe.BatchSize);
            var batch = labels.index_select(0, rows);
            if (recipe.ZeroGradients)
                optimizer.zero_grad();
            var outputs = network.call(images.index_select(0, rows));
            var batchLoss = recipe.Loss(outputs, batch);
            batchLoss.backward();
            if (recipe.Clip is { } norm)
                nn.utils.clip_grad_norm_(network.parameters(), norm);
            if (recipe.MakesSteps)
                optimizer.step();
            inspection.Step(batchLoss, outputs, batch);
            loss += batchLoss.item<float>();
            right += outputs.argmax(1).eq(batch).sum().item<long>();
            if ((step + 1) % stepsPerEpoch != 0)
                continue;
            var (validationLoss, validationAccuracy) = evaluate();
            inspection.EndEpoch(new Dictionary<string, double>
            {
                [QuantityNames.TrainLoss] = loss / stepsPerEpoch,
                [QuantityNames.TrainAccuracy] = right / (stepsPerEpoch * recipe.BatchSize),
                [QuantityNames.ValidationLoss] = validationLoss,
                [QuantityNames.ValidationAccuracy] = validationAccuracy,
            });
            (loss, right) = (0, 0);
        }
    }

    private static (double Loss, double Accuracy) Evaluate(nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        network.eval();
        var outputs = network.call(images);
        network.train();
        return (nn.functional.cross_entropy(outputs, labels).item<float>(), outputs.argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>());
    }

    private static (Tensor Images, Tensor Labels) Take(ImageData data, Tensor rows) => (data.Images.index_select(0, rows), data.Labels.index_select(0, rows));
}
