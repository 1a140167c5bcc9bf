using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>One run in a JUnit report.</summary>
/// <param name="Name">The scenario's.</param>
/// <param name="DurationNs">Virtual or real time it took.</param>
/// <param name="Tests">What was asserted, each with what was wrong; null for nothing.</param>
public sealed record JUnitSuite(string Name, long DurationNs, ulong Seed, ImmutableArray<(string Name, string? Failure)> Tests)
{
    /// <summary>The expectations of a run, a test each.</summary>
    public static JUnitSuite Of(RunResult result) =>
        new(
            result.Scenario,
            result.DurationNs,
            result.Seed,
            [
                .. result.Expectations.Select(static expectation =>
                    (expectation.Text, expectation.Passed ? null : $"expected {expectation.Text}, measured {expectation.Measured}")
                ),
            ]
        );
}

/// <summary>Expectations as a JUnit report: a suite for each run.</summary>
public static class JUnitXml
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Indent = true,
        OmitXmlDeclaration = true,
        NewLineChars = "\n",
    };

    public static string Write(params IReadOnlyCollection<JUnitSuite> suites)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, Settings))
        {
            xml.WriteStartElement("testsuites");
            Counts(xml, [.. suites.SelectMany(static suite => suite.Tests)]);
            foreach (var suite in suites)
            {
                Suite(xml, suite);
            }

            xml.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text + "\n";
    }

    private static void Suite(XmlWriter xml, JUnitSuite suite)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", suite.Name);
        Counts(xml, suite.Tests);
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", "0");
        xml.WriteAttributeString("time", (suite.DurationNs / 1e9).ToString("0.###", CultureInfo.InvariantCulture));
        xml.WriteStartElement("properties");
        Property(xml, "seed", suite.Seed.ToString(CultureInfo.InvariantCulture));
        Property(xml, "meshsim", ResultJson.Version);
        xml.WriteEndElement();
        foreach (var (name, failure) in suite.Tests)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", suite.Name);
            xml.WriteAttributeString("name", name);
            if (failure is not null)
            {
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("message", failure);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, ImmutableArray<(string Name, string? Failure)> tests)
    {
        xml.WriteAttributeString("tests", tests.Length.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", tests.Count(static test => test.Failure is not null).ToString(CultureInfo.InvariantCulture));
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }
}
