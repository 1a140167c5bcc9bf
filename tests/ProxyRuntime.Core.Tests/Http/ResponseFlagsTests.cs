namespace MeshSim.ProxyRuntime.Core.Tests;

public class ResponseFlagsTests
{
    [Fact]
    public void Each_flag_is_kept_once_in_the_order_it_was_set()
    {
        var flags = new ResponseFlags();
        Assert.True(flags.IsEmpty);
        Assert.Equal(0, flags.Count);

        flags.Set(ResponseFlag.UpstreamOverflow);
        flags.Set(ResponseFlag.NoRouteFound);
        flags.Set(ResponseFlag.UpstreamOverflow);

        Assert.False(flags.IsEmpty);
        Assert.Equal((2, ResponseFlag.UpstreamOverflow, ResponseFlag.NoRouteFound), (flags.Count, flags[0], flags[1]));
        Assert.True(flags.Has(ResponseFlag.NoRouteFound));
        Assert.False(flags.Has(ResponseFlag.NoHealthyUpstream));
    }

    [Fact]
    public void The_ninth_flag_is_left_out()
    {
        var flags = new ResponseFlags();
        for (var flag = (ResponseFlag)1; flag <= (ResponseFlag)9; flag++)
        {
            flags.Set(flag);
        }

        Assert.Equal((8, (ResponseFlag)8), (flags.Count, flags[7]));
        Assert.True(flags.Has((ResponseFlag)8));
        Assert.False(flags.Has((ResponseFlag)9));
    }

    [Fact]
    public void The_same_flags_in_the_same_order_are_equal()
    {
        var (one, other, turned) = (new ResponseFlags(), new ResponseFlags(), new ResponseFlags());
        one.Set(ResponseFlag.UpstreamOverflow);
        one.Set(ResponseFlag.NoRouteFound);
        other.Set(ResponseFlag.UpstreamOverflow);
        other.Set(ResponseFlag.NoRouteFound);
        turned.Set(ResponseFlag.NoRouteFound);
        turned.Set(ResponseFlag.UpstreamOverflow);

        Assert.True(one == other && one.Equals((object)other) && one.GetHashCode() == other.GetHashCode());
        Assert.True(one != turned && !one.Equals((object)turned) && !one.Equals("UO"));
    }
}
