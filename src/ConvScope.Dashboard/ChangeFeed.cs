using System.Threading.Channels;

namespace ConvScope.Dashboard;

/// <summary>Tells every open page what changed. A page that does not read loses the oldest messages, never memory of the server.</summary>
internal sealed class ChangeFeed
{
    private const int MostWaiting = 64;

    private readonly HashSet<Channel<string>> _pages = [];
    private readonly Lock _lock = new();

    /// <summary>Number of pages that listen.</summary>
    public int PageCount
    {
        get
        {
            lock (_lock)
                return _pages.Count;
        }
    }

    /// <summary>Sends a message to all pages.</summary>
    public void Send(string message)
    {
        lock (_lock)
        {
            foreach (var page in _pages)
                page.Writer.TryWrite(message);
        }
    }

    /// <summary>Begins to listen.</summary>
    public Channel<string> Join()
    {
        var page = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
            _pages.Add(page);
        return page;
    }

    /// <summary>Ends listening.</summary>
    public void Leave(Channel<string> page)
    {
        lock (_lock)
            _pages.Remove(page);
    }
}
