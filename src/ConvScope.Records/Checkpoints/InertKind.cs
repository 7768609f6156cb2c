namespace ConvScope.Records.Checkpoints;

/// <summary>How Python would make an object.</summary>
internal enum InertKind
{
    /// <summary>By a call.</summary>
    Call,

    /// <summary>By <c>__new__</c> of its class.</summary>
    New,

    /// <summary>By a persistent identifier.</summary>
    Persistent,
}
