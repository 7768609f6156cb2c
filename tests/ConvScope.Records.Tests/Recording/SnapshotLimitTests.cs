using ConvScope.Records.Checkpoints;
using ConvScope.Records.Checkpoints.Formats;
using ConvScope.Records.Recording;

namespace ConvScope.Records.Tests.Recording;

/// <summary>A limit in bytes for the snapshots of a run: older ones give way, the first and the last weights stay, and the record says so.</summary>
public sealed class SnapshotLimitTests
{
    private readonly List<string> _told = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _told.Clear();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void AppendSnapshot_RoomForThree_KeepsTheFirstAndTheLast()
    {
        Write(room: 3, epochs: 9);
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 8, 9 }));
        Assert.That(Cuts(), Is.EqualTo($"the limit of 1.6 KB was reached in epoch 3: 7 older snapshots were deleted"));
        Assert.That(_told, Is.EqualTo(new[] { $"the limit of 1.6 KB was reached in epoch 3: 1 older snapshot was deleted" }), "once");
    }

    [Test]
    public void AppendSnapshot_RoomForAll_SaysNothing()
    {
        Write(room: 4, epochs: 3);
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That((Cuts(), _told.Count), Is.EqualTo(((string?)null, 0)));
    }

    [Test]
    public void AppendSnapshot_RoomForOne_KeepsTheLast()
    {
        Write(room: 1, epochs: 5);
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 5 }));
    }

    [Test]
    public void AppendSnapshot_LessRoomThanOneTakes_WritesNone()
    {
        Write(limit: Size - 1, epochs: 2);
        Assert.That(Kept(SnapshotKind.Weights), Is.Empty);
        Assert.That(Cuts(), Is.EqualTo($"the limit of {Size - 1} B was reached in epoch 0: no room for Weights (3)"));
    }

    [Test]
    public void AppendSnapshot_TwoKinds_TheOldestOfBothGiveWay()
    {
        Write(room: 6, epochs: 6, SnapshotKind.Gradients);
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 5, 6 }));
        Assert.That(Kept(SnapshotKind.Gradients), Is.EqualTo(new[] { 1, 5, 6 }));
    }

    [Test]
    public void AppendSnapshot_RoomForTheWeightsAlone_LeavesTheOtherKindOut()
    {
        Write(room: 2, epochs: 4, SnapshotKind.Gradients);
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 4 }));
        Assert.That(Kept(SnapshotKind.Gradients), Is.Empty);
        Assert.That(Cuts(), Does.EndWith("no room for Gradients (4)"));
    }

    [Test]
    public void AppendSnapshot_WithARetention_WhatThatDiscardsGoesFirst()
    {
        Write(room: 4, epochs: 8, retention: new Retention { EveryEpochs = 3 });
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 3, 6, 8 }));
        Assert.That(Cuts(), Is.Null);
    }

    [Test]
    public void AppendSnapshot_AtAnyLimit_TheFilesAreThoseOfTheRecordAndKeepToIt()
    {
        for (var limit = Size / 2; limit < 8 * Size; limit += Size / 3)
        {
            using var folder = new TemporaryFolder();
            Write(limit, epochs: 5, SnapshotKind.Activations, folder: folder);
            using var record = RunRecord.Open(folder.Path);
            var named = record.ReadSnapshots().Concat(record.ReadSnapshots(SnapshotKind.Activations)).Select(snapshot => Path.GetFileName(snapshot.Path));
            var files = new DirectoryInfo(folder.File("snapshots")).GetFiles();
            Assert.That(files.Select(file => file.Name), Is.EquivalentTo(named), $"{limit}");
            Assert.That(files.Sum(file => file.Length), Is.LessThanOrEqualTo(limit));
            Assert.That(record.ReadSnapshots().Select(snapshot => snapshot.Epoch).LastOrDefault(-1), Is.EqualTo(limit < Size ? -1 : 5), $"{limit}");
        }
    }

    [Test]
    public void AppendSnapshot_CallbackThatFails_CostsNothing()
    {
        Write(room: 2, epochs: 4, tell: _ => throw new InvalidOperationException("The log is closed."));
        Assert.That(Kept(SnapshotKind.Weights), Is.EqualTo(new[] { 0, 4 }));
    }

    /// <summary>Bytes of one snapshot of <see cref="Write(long, int, SnapshotKind?, Retention?, TemporaryFolder?, Action{string}?)"/>: they all take the same.</summary>
    private static long Size => Safetensors.Length([.. Arrays.Select(StoredTensor.Of)], Header(SnapshotKind.Weights));

    private static NamedArray[] Arrays => [new("w", [100], new float[100])];

    private static Dictionary<string, string> Header(SnapshotKind kind) => new() { ["step"] = "0", ["epoch"] = "0", ["kind"] = $"{kind}" };

    private void Write(int room, int epochs, SnapshotKind? other = null, Retention? retention = null, Action<string>? tell = null) => Write(room * Size, epochs, other, retention, tell: tell);

    private void Write(long limit, int epochs, SnapshotKind? other = null, Retention? retention = null, TemporaryFolder? folder = null, Action<string>? tell = null)
    {
        using var writer = new RunRecordWriter((folder ?? _folder).Path, new Dictionary<string, string>(), exception => Assert.Fail(exception.Message))
        {
            Retention = retention ?? new Retention(),
            SnapshotLimit = limit,
            OnSnapshotLimit = tell ?? _told.Add,
        };
        for (var epoch = 0; epoch <= epochs; epoch++)
        {
            writer.AppendSnapshot(epoch, epoch, SnapshotKind.Weights, Arrays);
            if (other is { } kind && epoch > 0)
                writer.AppendSnapshot(epoch, epoch, kind, Arrays);
        }
    }

    private int[] Kept(SnapshotKind kind)
    {
        using var record = RunRecord.Open(_folder.Path);
        return [.. record.ReadSnapshots(kind).Select(snapshot => snapshot.Epoch)];
    }

    private string? Cuts()
    {
        using var record = RunRecord.Open(_folder.Path);
        return record.ReadMetadata().GetValueOrDefault("snapshot cuts");
    }
}
