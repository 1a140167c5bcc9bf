using System.Globalization;
using System.Text;
using System.Xml;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Expectations as a JUnit report: a test each.</summary>
public static class JUnitXml
{
    public static string Write(RunResult result)
    {
        var text = new StringBuilder();
        using (
            var xml = XmlWriter.Create(
                text,
                new XmlWriterSettings
                {
                    Indent = true,
                    OmitXmlDeclaration = true,
                    NewLineChars = "\n",
                }
            )
        )
        {
            var failures = result.Expectations.Count(static expectation => !expectation.Passed).ToString(CultureInfo.InvariantCulture);
            var tests = result.Expectations.Length.ToString(CultureInfo.InvariantCulture);
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("tests", tests);
            xml.WriteAttributeString("failures", failures);
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", result.Scenario);
            xml.WriteAttributeString("tests", tests);
            xml.WriteAttributeString("failures", failures);
            xml.WriteAttributeString("errors", "0");
            xml.WriteAttributeString("skipped", "0");
            xml.WriteAttributeString("time", (result.DurationNs / 1e9).ToString("0.###", CultureInfo.InvariantCulture));
            xml.WriteStartElement("properties");
            Property(xml, "seed", result.Seed.ToString(CultureInfo.InvariantCulture));
            Property(xml, "meshsim", ResultJson.Version);
            xml.WriteEndElement();
            foreach (var expectation in result.Expectations)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", result.Scenario);
                xml.WriteAttributeString("name", expectation.Text);
                if (!expectation.Passed)
                {
                    xml.WriteStartElement("failure");
                    xml.WriteAttributeString("message", $"expected {expectation.Text}, measured {expectation.Measured}");
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text + "\n";
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }
}
