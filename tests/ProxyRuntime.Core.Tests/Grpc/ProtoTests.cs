using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class ProtoTests
{
    [Fact]
    public void Fields_stand_on_the_wire_as_protobuf_says()
    {
        var writer = new ProtoWriter();
        writer.WriteVarint(1, 300);
        writer.WriteText(2, "né");
        writer.WriteBool(16, true);
        writer.WriteDouble(3, 1.5);
        Assert.Equal("08AC02" + "12036EC3A9" + "800101" + "19000000000000F83F", Convert.ToHexString(writer.Span));
    }

    [Fact]
    public void An_open_message_gets_its_length_however_long_it_becomes()
    {
        var writer = new ProtoWriter();
        var outer = writer.Begin(1);
        var inner = writer.Begin(2);
        writer.WriteBytes(3, new byte[200]);
        writer.End(inner);
        writer.End(outer);
        writer.WriteVarint(9, 7);

        // 200 bytes and their head of 3; then heads of 3 each.
        Assert.Equal("0ACE01" + "12CB01" + "1AC801", Convert.ToHexString(writer.Span[..9]));
        Assert.Equal("4807", Convert.ToHexString(writer.Span[^2..]));
        Assert.Equal(3 + 206 + 2, writer.Span.Length);
    }

    [Fact]
    public void Lengths_count_bytes_that_somebody_else_appends()
    {
        var writer = new ProtoWriter();
        var frame = writer.BeginFrame();
        var message = writer.Begin(1);
        writer.WriteBytesAhead(11, 5);
        writer.End(message);
        writer.EndFrame(frame);
        Assert.Equal("0000000009" + "0A07" + "5A05", Convert.ToHexString(writer.Span));
        Assert.Equal(5, writer.BytesAhead);

        writer.Clear();
        Assert.Equal(0, writer.BytesAhead);
        writer.WriteVarint(1, 0);
        Assert.Equal("0800", Convert.ToHexString(writer.Span));
    }

    [Fact]
    public void Nothing_follows_bytes_that_somebody_else_appends()
    {
        var writer = new ProtoWriter();
        writer.WriteBytesAhead(11, 5);
        Assert.Throws<InvalidOperationException>(() => writer.WriteVarint(12, 1));
    }

    [Fact]
    public void A_reader_gives_back_what_was_written_and_passes_over_what_it_does_not_know()
    {
        var reader = new ProtoReader(Convert.FromHexString("08AC02" + "12036EC3A9" + "19000000000000F83F" + "2D01000000" + "30FFFFFFFFFFFFFFFFFF01"));
        Assert.True(reader.Read());
        Assert.True(reader.Is(1, ProtoWireType.Varint));
        Assert.Equal(300, reader.Int32);
        Assert.True(reader.Read());
        Assert.Equal("né", reader.Text());
        Assert.True(reader.Read());
        Assert.Equal(1.5, reader.Double);
        Assert.True(reader.Read());
        Assert.True(reader.Is(5, ProtoWireType.Fixed32));
        Assert.Equal(1UL, reader.Number);
        Assert.True(reader.Read());
        Assert.Equal(-1, reader.Int32);
        Assert.False(reader.Read());
        Assert.False(reader.Failed);
    }

    [Theory]
    [InlineData("08")] // no value
    [InlineData("0880808080808080808080")] // a varint without end
    [InlineData("0A05AA")] // shorter than it says
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")] // longer than anything
    [InlineData("1900")] // half a double
    [InlineData("00")] // field 0
    [InlineData("0B")] // a group
    [InlineData("0F")] // no wire type
    public void What_is_no_protobuf_fails(string hex)
    {
        var reader = new ProtoReader(Convert.FromHexString(hex));
        Assert.False(reader.Read());
        Assert.True(reader.Failed);
        Assert.False(reader.Read());
    }

    [Fact]
    public void Text_has_to_be_utf8()
    {
        var reader = new ProtoReader([0x0A, 1, 0xff]);
        Assert.True(reader.Read());
        Assert.Equal("", reader.Text());
        Assert.True(reader.Failed);
    }

    [Fact]
    public void A_struct_comes_back_as_it_was()
    {
        var value = MetadataJson.Parse(Encoding.UTF8.GetBytes("""{"a":[1,"x",null,{"b":true}],"c":{},"d":-0.5,"é":[]}"""));
        var writer = new ProtoWriter();
        ProtoStruct.Write(writer, value);
        Assert.Equal(value, ProtoStruct.Read(writer.Span));
    }

    [Fact]
    public void A_struct_stands_on_the_wire_as_protobuf_says()
    {
        var writer = new ProtoWriter();
        ProtoStruct.Write(writer, MetadataValue.Of([KeyValuePair.Create("k", MetadataValue.Of("v"))]));

        // fields { key: "k" value { string_value: "v" } }
        Assert.Equal("0A08" + "0A016B" + "1203" + "1A0176", Convert.ToHexString(writer.Span));
    }

    [Fact]
    public void A_struct_nested_too_deep_is_none()
    {
        var value = MetadataValue.EmptyStruct;
        for (var i = 0; i < 40; i++)
        {
            value = MetadataValue.Of([KeyValuePair.Create("k", value)]);
        }

        var writer = new ProtoWriter();
        ProtoStruct.Write(writer, value);
        Assert.Null(ProtoStruct.Read(writer.Span));
        Assert.Null(ProtoStruct.Read([0x0A, 5]));
    }
}
