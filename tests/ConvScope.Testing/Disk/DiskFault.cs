namespace ConvScope.Disk;

/// <summary>What goes wrong with a folder from one system call on.</summary>
public enum DiskFault
{
    /// <summary>One call fails with an I/O error; the next ones work.</summary>
    Once,

    /// <summary>Every call that writes fails with an I/O error.</summary>
    Lasting,

    /// <summary>The disk is full: the first write is cut short, then nothing that needs room works; files can be renamed and deleted.</summary>
    Full,

    /// <summary>Nothing reaches the disk any more, deleting and renaming neither: what lies there is what a process leaves that is killed at this call.</summary>
    Killed,
}
