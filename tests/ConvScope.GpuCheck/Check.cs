namespace ConvScope.GpuCheck;

/// <summary>One thing that a device must show.</summary>
internal abstract class Check
{
    /// <summary>Its name on the command line and in the results.</summary>
    public abstract string Name { get; }

    /// <summary>Looks.</summary>
    /// <param name="laboratory">The device, the data, and how much of both is used.</param>
    /// <param name="expectations">Gets what was expected and did not hold; a check goes on after it.</param>
    /// <returns>What came out, as an object that becomes JSON; figures belong here whether or not they are what was expected.</returns>
    public abstract object Run(Laboratory laboratory, Expectations expectations);
}
