namespace ConvScope.Datasets;

/// <summary>How an archive of CIFAR is laid out; names are those of the Python form, to which the binary one adds <c>.bin</c> and <c>.txt</c>.</summary>
/// <param name="Name">Name of the data set.</param>
/// <param name="TrainMembers">Files of the training images, in order.</param>
/// <param name="TestMembers">Files of the test images.</param>
/// <param name="LabelKeys">Keys of the labels in a pickle; in a binary file a byte each stands before an image, in this order.</param>
/// <param name="MetaMember">File of the names in the Python form.</param>
/// <param name="NameKeys">Keys of the class names in that file, for each of the labels.</param>
/// <param name="NameMembers">Files of the class names in the binary form, for each of the labels.</param>
internal sealed record CifarFormat(
    string Name, IReadOnlyList<string> TrainMembers, IReadOnlyList<string> TestMembers, IReadOnlyList<string> LabelKeys, string MetaMember, IReadOnlyList<string> NameKeys, IReadOnlyList<string> NameMembers);
