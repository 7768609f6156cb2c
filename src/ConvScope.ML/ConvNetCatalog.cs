using ConvScope.ML.Heads;
using ConvScope.ML.Internals;
using ConvScope.ML.Mapping;

namespace ConvScope.ML;

/// <summary>
/// Adds convolutional networks to ML.NET's catalogs: <c>mlContext.MulticlassClassification.Trainers.ConvNet(...)</c>, <c>mlContext.BinaryClassification.Trainers.ConvNet(...)</c> and
/// <c>mlContext.Regression.Trainers.ConvNet(...)</c>.
/// </summary>
public static class ConvNetCatalog
{
    /// <summary>A convolutional network with the defaults of <see cref="ConvNetOptions"/>: LeNet-5 for square grey images.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">Column of the labels, a key.</param>
    /// <param name="featureColumnName">Column of the images; see <see cref="ConvNetOptions.FeatureColumnName"/>.</param>
    /// <param name="scoreColumnName">Column that gets the probability of each class.</param>
    /// <param name="predictedLabelColumnName">Column that gets the most probable class.</param>
    /// <param name="validationSet">Rows that are measured after each epoch and never trained on; null for none.</param>
    /// <param name="exampleWeightColumnName">Column that says how much each row counts, <see cref="float"/>; null for 1 each.</param>
    public static ConvNetTrainer ConvNet(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel",
        IDataView? validationSet = null,
        string? exampleWeightColumnName = null) => ConvNet(catalog, new ConvNetOptions
        {
            ExampleWeightColumnName = exampleWeightColumnName,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ValidationSet = validationSet,
        });

    /// <summary>A convolutional network, with everything that can be chosen.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The options; checked here.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static ConvNetTrainer ConvNet(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ConvNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Create(catalog, new MulticlassHead(), options);
    }

    /// <summary>A convolutional network that answers yes or no, with the defaults of <see cref="ConvNetOptions"/>: LeNet-5 with one output for square grey images.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">Column of the labels, <see cref="bool"/>.</param>
    /// <param name="featureColumnName">Column of the images; see <see cref="ConvNetOptions.FeatureColumnName"/>.</param>
    /// <param name="scoreColumnName">Column that gets the logit.</param>
    /// <param name="predictedLabelColumnName">Column that gets the answer.</param>
    /// <param name="probabilityColumnName">Column that gets the probability of yes.</param>
    /// <param name="validationSet">Rows that are measured after each epoch and never trained on; null for none.</param>
    /// <param name="exampleWeightColumnName">Column that says how much each row counts, <see cref="float"/>; null for 1 each.</param>
    public static ConvNetTrainer ConvNet(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel",
        string probabilityColumnName = "Probability",
        IDataView? validationSet = null,
        string? exampleWeightColumnName = null) => ConvNet(catalog, new ConvNetOptions
        {
            ExampleWeightColumnName = exampleWeightColumnName,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ScoreColumnName = scoreColumnName,
            PredictedLabelColumnName = predictedLabelColumnName,
            ProbabilityColumnName = probabilityColumnName,
            ValidationSet = validationSet,
        });

    /// <summary>A convolutional network that answers yes or no, with everything that can be chosen.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The options; checked here.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static ConvNetTrainer ConvNet(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, ConvNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Create(catalog, new BinaryHead(), options);
    }

    /// <summary>A convolutional network that predicts a number, with the defaults of <see cref="ConvNetOptions"/>: LeNet-5 with one output for square grey images.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="labelColumnName">Column of the labels, <see cref="float"/>.</param>
    /// <param name="featureColumnName">Column of the images; see <see cref="ConvNetOptions.FeatureColumnName"/>.</param>
    /// <param name="scoreColumnName">Column that gets the prediction, in the label's unit.</param>
    /// <param name="validationSet">Rows that are measured after each epoch and never trained on; null for none.</param>
    /// <param name="exampleWeightColumnName">Column that says how much each row counts, <see cref="float"/>; null for 1 each.</param>
    public static ConvNetTrainer ConvNet(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string scoreColumnName = "Score",
        IDataView? validationSet = null,
        string? exampleWeightColumnName = null) => ConvNet(catalog, new ConvNetOptions
        {
            ExampleWeightColumnName = exampleWeightColumnName,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ScoreColumnName = scoreColumnName,
            ValidationSet = validationSet,
        });

    /// <summary>A convolutional network that predicts a number, with everything that can be chosen.</summary>
    /// <param name="catalog">The catalog of trainers.</param>
    /// <param name="options">The options; checked here.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static ConvNetTrainer ConvNet(this RegressionCatalog.RegressionTrainers catalog, ConvNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Create(catalog, new RegressionHead(), options);
    }

    /// <summary>The same binary classifier with another threshold. Only <c>PredictedLabel</c> changes; the threshold is saved with the model.</summary>
    /// <param name="catalog">The catalog of binary classification.</param>
    /// <param name="model">The classifier. The new one shares its network: who disposes one of them disposes both.</param>
    /// <param name="threshold">The score, a logit, above which the answer is yes: <c>ln(p / (1 − p))</c> for a probability <c>p</c>.</param>
    /// <exception cref="ArgumentException">The model is no binary classifier.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is no finite number.</exception>
    public static ConvNetTransformer ChangeModelThreshold(this BinaryClassificationCatalog catalog, ConvNetTransformer model, float threshold)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        if (!float.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold is a finite number.");
        if (model.Columns is not BinaryColumns columns)
            throw new ArgumentException($"A threshold belongs to binary classification; network '{model.Model.Network.Name}' is described for {model.Model.Network.Task}.", nameof(model));
        return new ConvNetTransformer(model.FeatureColumnType, new BinaryColumns(columns.Model, columns.FeatureColumnName, columns.Names, threshold)) { Training = model.Training, RunFolder = model.RunFolder };
    }

    private static ConvNetTrainer Create(TrainCatalogBase.CatalogInstantiatorBase catalog, Head head, ConvNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ConvNetTrainer(catalog.Environment(), head, options);
    }
}
