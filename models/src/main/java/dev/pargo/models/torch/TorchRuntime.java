package dev.pargo.models.torch;

/** Settings of the process's one torch engine; it reads them when the first network is loaded. */
public final class TorchRuntime {

    private TorchRuntime() {}

    /**
     * Prepares the engine: nothing is downloaded or reported anywhere, and a forward pass on the CPU uses the given
     * number of threads.
     */
    public static void configure(int threads) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    }
}
