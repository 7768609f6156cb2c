namespace ConvScope.Records.Checkpoints;

/// <summary>A call that Python would make where it loads a file without <c>weights_only</c>. Here it is only told.</summary>
/// <param name="Name">Module and name of what is called: <c>posix.system</c>.</param>
/// <param name="Text">The call as Python writes it, cut at some hundred characters: <c>posix.system("touch x")</c>.</param>
public sealed record PickleCall(string Name, string Text);
