namespace MeshSim.ProxyRuntime.Live.Tests;

public class WarmUpTests
{
    [Fact]
    public async Task All_requests_of_a_warm_up_are_answered_and_it_can_be_done_again()
    {
        Assert.True(await WarmUp.RunAsync(TimeSpan.FromMinutes(2)));
        Assert.True(await WarmUp.RunAsync(TimeSpan.FromMinutes(2)));
    }
}
