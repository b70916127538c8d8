package dev.pargo.models.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import java.io.IOException;

/** The process's one torch engine. */
public final class TorchRuntime {

    private static final String CACHE = "DJL_CACHE_DIR";

    private TorchRuntime() {}

    /**
     * Loads the engine. Nothing is downloaded or reported. Only the first call in a process has an effect.
     *
     * @param threads threads of one forward pass on a CPU
     * @throws TorchException if libtorch cannot be unpacked or loaded, with the reason in one line
     */
    public static void configure(int threads) {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        try {
            Engine.getEngine("PyTorch");
        } catch (EngineException | LinkageError e) {
            throw new TorchException(reason(e), e);
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof IOException) {
            String directory = System.getenv(CACHE);
            return "libtorch cannot be unpacked into %s (%s): set %s to a directory that this user may write"
                    .formatted(
                            directory == null ? "~/.djl.ai" : directory,
                            root.getClass().getSimpleName() + " " + root.getMessage(),
                            CACHE);
        }
        return "libtorch cannot be loaded: " + root.getMessage();
    }
}
