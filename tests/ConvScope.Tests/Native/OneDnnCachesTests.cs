using ConvScope.Native;

namespace ConvScope.Tests.Native;

/// <summary>Which memory is taken for oneDNN's view of the caches, and what is written there.</summary>
public sealed class OneDnnCachesTests
{
    [Test]
    public void Tell_CachesOfOneByte_WritesUsualSizes()
    {
        var state = State([1, 1, 1]);
        Assert.That(OneDnnCaches.Tell(state), Is.True);
        Assert.That(state[7..10], Is.EqualTo(new[] { 32 << 10, 512 << 10, 1 << 20 }));
        Assert.That(state[17..20], Is.EqualTo(new[] { 1, 1, 1 }));
        Assert.That(state[..7].Concat(state[10..17]).Concat(state[20..]), Is.EqualTo(State([1, 1, 1]).Where((_, place) => place is not (>= 7 and < 10 or >= 17 and < 20))), "nothing else");
    }

    [Test]
    public void Tell_OnlyTheFirstIsHidden_LeavesTheOthers()
    {
        var state = State([0, 1 << 20, 32 << 20]);
        Assert.That(OneDnnCaches.Tell(state), Is.True);
        Assert.That(state[7..10], Is.EqualTo(new[] { 32 << 10, 1 << 20, 32 << 20 }));
    }

    [Test]
    public void Tell_PlausibleSizes_ChangesNothing()
    {
        var state = State([48 << 10, 1 << 20, 32 << 20]);
        Assert.That(OneDnnCaches.Tell(state), Is.True);
        Assert.That(state, Is.EqualTo(State([48 << 10, 1 << 20, 32 << 20])));
    }

    [TestCase(27, 7, Description = "another number of levels")]
    [TestCase(12, 5, Description = "a size of a level that is not there")]
    [TestCase(22, 5, Description = "cores that share it")]
    [TestCase(8, -4, Description = "a negative size")]
    public void Tell_AnotherObject_RefusesAndWritesNothing(int place, int value)
    {
        var state = State([1, 1, 1]);
        state[place] = value;
        var before = state.ToArray();
        Assert.That(OneDnnCaches.Tell(state), Is.False);
        Assert.That(state, Is.EqualTo(before));
    }

    [Test]
    public void Tell_NothingFound_Refuses() => Assert.That(OneDnnCaches.Tell([]), Is.False);

    private static int[] State(int[] sizes)
    {
        var state = new int[OneDnnCaches.Words];
        (state[0], state[1], state[5], state[6], state[27]) = (2130245631, -939684034, 1, 2, 3);
        sizes.CopyTo(state, 7);
        Array.Fill(state, 1, 17, 3);
        return state;
    }
}
