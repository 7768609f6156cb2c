using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace ConvScope.Tests.Inspection;

/// <summary>Networks that keep something from one call to the next, or draw random numbers, by how they do it.</summary>
internal static class KeepingNetworks
{
    /// <summary>Makers by name.</summary>
    public static IReadOnlyDictionary<string, Func<KeepingNetwork>> All { get; } = new Dictionary<string, Func<KeepingNetwork>>
    {
        ["state in a field"] = () => new KeepingNetwork((net, h) => net.State = Next(net, h, net.State).detach()),
        ["state that it disposes"] = () => new KeepingNetwork(Disposing),
        ["state changed in place"] = () => new KeepingNetwork((net, h) =>
        {
            net.State ??= zeros_like(h).DetachFromDisposeScope();
            var next = Next(net, h, net.State.clone());
            using var untracked = no_grad();
            net.State.copy_(next);
            return next;
        }),
        ["state in a tuple"] = () => new KeepingNetwork((net, h) =>
        {
            var next = Next(net, h, net.Pair?.Hidden);
            net.Pair = (next.detach().DetachFromDisposeScope(), (net.Pair?.Steps ?? 0) + 1);
            return next;
        }),
        ["state in a list"] = () => new KeepingNetwork((net, h) =>
        {
            net.Kept.Add(h.detach().DetachFromDisposeScope());
            return net.Kept.Count % 2 == 0 ? h : h.mul(0.5f);
        }),
        ["state in a dictionary"] = () => new KeepingNetwork((net, h) =>
        {
            var next = Next(net, h, net.ByName.GetValueOrDefault("state"));
            net.ByName["state"] = next.detach().DetachFromDisposeScope();
            return next;
        }),
        ["state in a queue"] = () => new KeepingNetwork((net, h) =>
        {
            net.Memory.Enqueue(h.detach().mean([0L]).DetachFromDisposeScope());
            if (net.Memory.Count > 3)
                net.Memory.Dequeue().Dispose();
            return h.sub(stack([.. net.Memory]).mean([0L]).mul(0.1f));
        }),
        ["state in an object of its own"] = () => new KeepingNetwork((net, h) => net.Helper.Next(h)),
        ["state in a buffer"] = () => new KeepingNetwork((net, h) =>
        {
            using (no_grad())
                net.Centre.mul_(0.9f).add_(h.detach().mean([0L]).mul(0.1f));
            return h.sub(net.Centre);
        }),
        ["states of an LSTM"] = () => new KeepingNetwork((net, h) =>
        {
            var (output, hidden, cell) = net.Lstm.call(h.unsqueeze(0), net.LstmState);
            net.LstmState = (hidden.detach().DetachFromDisposeScope(), cell.detach().DetachFromDisposeScope());
            return output.squeeze(0);
        }),
        ["what is read after the step"] = () => new KeepingNetwork((net, h) =>
        {
            net.Loss = h.square().mean(); // such as a KL term
            return h;
        }),
        ["noise"] = () => new KeepingNetwork((_, h) => h.add(randn_like(h), alpha: 0.1f)),
        ["noise of a generator of its own"] = () => new KeepingNetwork((net, h) => h.add(randn(h.shape, generator: net.Generator), alpha: 0.1f)),
        ["noise of .NET's numbers"] = () => new KeepingNetwork((net, h) => h.mul((float)net.Random.NextDouble())),
        ["stochastic depth"] = () => new KeepingNetwork((_, h) => rand(1).item<float>() < 0.5f ? h : h.add(h.relu())),
        ["dropout that is always on"] = () => new KeepingNetwork((_, h) => F.dropout(h, 0.3, training: true)),
        ["seeds torch itself"] = () => new KeepingNetwork((net, h) =>
        {
            manual_seed(net.Calls).Dispose();
            return h.add(randn_like(h), alpha: 0.1f);
        }),
        ["counts its calls"] = () => new KeepingNetwork((net, h) => net.Calls % 3 == 0 ? h.mul(2) : h),
        ["constant made at the first call"] = () => new KeepingNetwork((net, h) => h.mul((net.State ??= ones(h.shape[1]).mul(0.7f).DetachFromDisposeScope())[0])),
        ["constant made lazily"] = () => new KeepingNetwork((net, h) => h.mul(net.Constant.Value)),
        ["constant in a static field"] = () => new KeepingNetwork((_, h) => h.mul(KeepingNetwork.Shared ??= ones(8).mul(0.6f).DetachFromDisposeScope())),
        ["weights held to a norm"] = () => new KeepingNetwork((net, h) =>
        {
            using (no_grad())
                net.Head.weight.div_(net.Head.weight.norm(1, true, 2).clamp_min(1));
            return h;
        }),
        ["normalisation that never evaluates"] = () => new KeepingNetwork((net, h) => net.Norm.call(h), neverEvaluates: true),
        ["hook that gathers"] = () =>
        {
            var network = new KeepingNetwork((_, h) => h);
            var gathered = new List<Tensor>();
            network.Conv.register_forward_hook((_, _, output) =>
            {
                gathered.Add(output.detach().mean().DetachFromDisposeScope());
                return output.mul(1 + 0.01f * gathered.Count);
            });
            return network;
        },
        ["numbers in a long array"] = () =>
        {
            var counts = new float[200_000];
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * ++counts[^1]));
        },
        ["numbers in a square array"] = () =>
        {
            var counts = new int[3, 2];
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * ++counts[2, 1]));
        },
        ["states in a square array"] = () =>
        {
            var states = new Tensor?[2, 2];
            return new KeepingNetwork((net, h) => states[1, 1] = Next(net, h, states[1, 1]).detach().DetachFromDisposeScope());
        },
        ["pairs in a long array"] = () =>
        {
            var pairs = new (int Count, string Name)[150_000];
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * ++pairs[^1].Count));
        },
        ["numbers in memory"] = () =>
        {
            Memory<float> counts = new float[3];
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * ++counts.Span[1]));
        },
        ["text that grows"] = () =>
        {
            var text = new System.Text.StringBuilder();
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * text.Append('x').Length));
        },
        ["random numbers of each thread"] = () =>
        {
            var numbers = new ThreadLocal<Random>(() => new Random(6));
            return new KeepingNetwork((_, h) => h.mul((float)numbers.Value!.NextDouble()));
        },
        ["state of each thread"] = () =>
        {
            var states = new ThreadLocal<Tensor?>();
            return new KeepingNetwork((net, h) => states.Value = Next(net, h, states.Value).detach().DetachFromDisposeScope());
        },
        ["state that others hold"] = () =>
        {
            var held = new int[1];
            var weak = new WeakReference<int[]>(held);
            return new KeepingNetwork((_, h) => h.mul(weak.TryGetTarget(out var target) && target == held ? 1 + 0.01f * ++target[0] : 0));
        },
        ["optimizer of its own"] = () => // such as learning while it predicts
        {
            var optimizer = (optim.Optimizer?)null;
            var schedule = (optim.lr_scheduler.LRScheduler?)null;
            return new KeepingNetwork((net, h) =>
            {
                optimizer ??= optim.Adam(net.Hidden.parameters(), 0.01);
                schedule ??= optim.lr_scheduler.ExponentialLR(optimizer, 0.9);
                using (enable_grad())
                    (net.Hidden.call(h.detach()) - h.detach()).square().mean().backward();
                optimizer.step();
                schedule.step();
                net.Hidden.zero_grad();
                return h + net.Hidden.call(h);
            });
        },
        ["gradients that it adds up"] = () => new KeepingNetwork((net, h) =>
        {
            using (enable_grad())
                net.Hidden.call(h.detach()).square().mean().backward();
            return h + net.Hidden.call(h);
        }),
        ["function with a count"] = () =>
        {
            var count = 0;
            return new KeepingNetwork((_, h) => h.mul(1 + 0.01f * ++count));
        },
    };

    private static Tensor Next(KeepingNetwork net, Tensor h, Tensor? state) => (state is null ? h : h + net.Hidden.call(state)).tanh();

    private static Tensor Disposing(KeepingNetwork net, Tensor h)
    {
        var next = Next(net, h, net.State);
        net.State?.Dispose();
        net.State = next.detach().DetachFromDisposeScope();
        return next;
    }
}
