using System.Diagnostics;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MeshSim.Mutation;

/// <summary>The tests of one assembly, run in this process, one after another.</summary>
internal sealed class TestSession : IDisposable
{
    private readonly XunitTestFramework framework = new(new NullMessageSink());
    private readonly ITestFrameworkExecutor executor;

    public TestSession(Assembly tests)
    {
        executor = framework.GetExecutor(tests.GetName());
        using var found = new Collector(static _ => true);
        framework.GetDiscoverer(Reflector.Wrap(tests)).Find(includeSourceInformation: false, found, new Options());
        found.Wait();
        Cases = [.. found.Cases.OrderBy(static test => test.UniqueID, StringComparer.Ordinal)];
    }

    /// <summary>In the same order in every process.</summary>
    public IReadOnlyList<ITestCase> Cases { get; }

    /// <summary>Runs tests until one fails, and tells its name; null: all passed.</summary>
    public string? FindFailure(IEnumerable<ITestCase> tests)
    {
        string? failed = null;
        Run(
            tests,
            stopOnFail: true,
            message =>
            {
                failed ??= (message as ITestFailed)?.Test.DisplayName ?? (message is IErrorMessage or ITestCleanupFailure ? "an error outside of tests" : null);
                return failed is null;
            }
        );
        return failed;
    }

    /// <summary>Runs all tests; <paramref name="begin"/> and <paramref name="end"/> surround each.</summary>
    /// <returns>The names of those that fail.</returns>
    public IReadOnlyList<string> RunAll(Action begin, Action<ITestCase, TimeSpan> end)
    {
        var started = 0L;
        List<string> failed = [];
        Run(
            Cases,
            stopOnFail: false,
            message =>
            {
                switch (message)
                {
                    case ITestCaseStarting:
                        begin();
                        started = Stopwatch.GetTimestamp();
                        break;
                    case ITestCaseFinished finished:
                        end(finished.TestCase, Stopwatch.GetElapsedTime(started));
                        break;
                    case ITestFailed failure:
                        failed.Add(failure.Test.DisplayName);
                        break;
                }

                return true;
            }
        );
        return failed;
    }

    public void Dispose()
    {
        executor.Dispose();
        framework.Dispose();
    }

    private void Run(IEnumerable<ITestCase> tests, bool stopOnFail, Func<IMessageSinkMessage, bool> onMessage)
    {
        using var sink = new Collector(onMessage);
        var options = new Options();
        options.SetValue("xunit.execution.DisableParallelization", true);
        options.SetValue("xunit.execution.MaxParallelThreads", 1);
        options.SetValue("xunit.execution.SynchronousMessageReporting", true);
        options.SetValue("xunit.execution.StopOnTestFail", stopOnFail);
        executor.RunTests(tests, sink, options);
        sink.Wait();
    }

    private sealed class Collector(Func<IMessageSinkMessage, bool> onMessage) : Xunit.LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly ManualResetEventSlim done = new();

        public List<ITestCase> Cases { get; } = [];

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage discovered)
            {
                Cases.Add(discovered.TestCase);
            }

            var goOn = onMessage(message);
            if (message is IDiscoveryCompleteMessage or ITestAssemblyFinished)
            {
                done.Set();
            }

            return goOn;
        }

        public void Wait() => done.Wait();

        public void Dispose() => done.Dispose();
    }

    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal);

        public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => values[name] = value;
    }
}
