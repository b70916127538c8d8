package dev.pargo.evaluation.acceptance;

import dev.pargo.evaluation.stack.RunningVllm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Published models whose LLM a real vLLM serves: every answer equals that of transformers. Skipped where none is
 * installed.
 */
class VllmFamiliesIT {

    @TempDir
    private Path directory;

    /** The one of the small models whose heads are wide enough for vLLM's kernels on a CPU. */
    @Test
    void answersEqualTransformers() throws IOException, InterruptedException {
        RunningVllm.assumeInstalled();
        Path folder = PublishedModelsIT.root().resolve("internvl_qwen3");
        Assumptions.assumeTrue(Files.exists(folder), () -> "there is no " + folder);
        try (RunningVllm vllm = RunningVllm.serve(folder.resolve("model"), directory)) {
            PublishedModelsIT.checkOnce(folder, VllmIT.settings(vllm));
        }
    }
}
