package dev.pargo.models.benchmark;

import ai.djl.pytorch.jni.JniUtils;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Shows where the time of a model's networks goes: encoder, projector, prefill of a prompt, and steps that write one token for one
 * and for eight answers. Each row compares the time with what it would take at the speed of the same libraries' large products
 * (encoder, projector, prefill) or at memory bandwidth (decode), both measured in the same run. Then it divides the time among
 * kinds of operations, as torch's profiler sees them. The profiler adds about a microsecond to each operation, so small
 * operations look larger than they are; the times before the bar are without it.
 */
public final class ModelProfile {

    private static final int REPETITIONS = 7;
    private static final int PROMPT_TOKENS = DecoderTrial.PROMPT_TOKENS;
    private static final int SIDE = 768;
    private static final int[] BATCHES = {1, 8};

    private final ModelBundle bundle;
    private final Placement decoder;
    private final Placement vision;
    private final Placement projector;
    private final PrintWriter out;
    private double bandwidth;

    /**
     * @param decoder   where and how the LLM computes
     * @param vision    where and how the encoder computes
     * @param projector where and how the projector computes; it has no integer forms
     */
    public ModelProfile(ModelBundle bundle, Placement decoder, Placement vision, Placement projector, PrintWriter out) {
        this.bundle = bundle;
        this.decoder = decoder;
        this.vision = vision;
        this.projector = projector;
        this.out = out;
    }

    /** Loads one network after the other and prints its rows. */
    public void run() {
        bandwidth = Floors.bandwidth(decoder);
        // Towers and decoders have the same 8-bit layers.
        double visionPeak = Floors.products(vision, vision.precision().isQuantized() ? CausalLm.weightForm(vision) : 0);
        double projectorPeak = Floors.products(projector, 0);
        double decoderPeak = Floors.products(decoder, CausalLm.weightForm(decoder));
        out.printf(
                Locale.ROOT,
                "memory %.1f GB/s; products %.0f GFLOP/s for the encoder, %.0f for the projector, %.0f for the LLM%n",
                bandwidth,
                visionPeak,
                projectorPeak,
                decoderPeak);
        out.printf("%-12s %9s %9s %6s |", "", "ms", "floor ms", "");
        for (OperationKind kind : OperationKind.values()) {
            out.printf(" %10s", kind == OperationKind.OTHER ? "rest" : kind.title());
        }
        out.printf(" %10s%n", "operations");
        if (bundle.seesPictures()) {
            profilePictures(visionPeak, projectorPeak);
        }
        try (CausalLm lm = CausalLm.load(bundle.llm(), decoder)) {
            profileDecoder(lm, decoderPeak);
        }
    }

    private void profilePictures(double visionPeak, double projectorPeak) {
        PicturePixels pixels = picture(bundle.pictures());
        List<PictureRows> features = new ArrayList<>();
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), vision)) {
            features.addAll(encoder.encodePictures(List.of(pixels)));
            int rows = features.get(0).layout().cells();
            print(
                    "encode",
                    products(encoder.config(), rows) / visionPeak / 1e6,
                    () -> encoder.encodePictures(List.of(pixels)));
        }
        try (Projector network = Projector.load(bundle.projector(), projector)) {
            int rows = network.projectPictures(features).get(0).layout().cells();
            print(
                    "project",
                    products(network.config(), rows) / projectorPeak / 1e6,
                    () -> network.projectPictures(features));
        }
    }

    private void profileDecoder(CausalLm lm, double peak) {
        int most = BATCHES[BATCHES.length - 1];
        int steps = BATCHES.length * 2 * (REPETITIONS + 2);
        try (DecoderTrial trial = new DecoderTrial(lm, most, steps)) {
            for (int i = 1; i < most; i++) {
                trial.prefill(i);
            }
            double flops = 2.0 * PROMPT_TOKENS * lm.config().weightsPerRow();
            print("prefill " + PROMPT_TOKENS, flops / peak / 1e6, () -> trial.prefill(0));
            int[] position = {PROMPT_TOKENS};
            for (int batch : BATCHES) {
                long bytes = lm.weightBytesPerStep() + batch * position[0] * lm.kvBytesPerToken();
                print("decode " + batch, bytes / bandwidth / 1e6, () -> trial.decode(batch, position[0]++));
            }
        }
    }

    private static PicturePixels picture(ImageCutter cutter) {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        new Random(0).nextBytes(rgb);
        return cutter.cut(new RgbImage(SIDE, SIDE, rgb), true);
    }

    /** Floating-point operations of a network's matrices for a number of rows. */
    private static double products(NetworkConfig config, int rows) {
        return 2.0
                * rows
                * config.parameters().stream()
                        .filter(parameter -> parameter.shape().length == 2)
                        .mapToLong(parameter -> parameter.shape()[0] * parameter.shape()[1])
                        .sum();
    }

    private void print(String name, double floor, Runnable work) {
        work.run();
        double ms = Timing.median(REPETITIONS, work);
        out.printf(Locale.ROOT, "%-12s %9.2f %9.2f %5.0f%% |", name, ms, floor, 100 * floor / ms);
        if (decoder.device().isGpu()) {
            // The profiler sees how long an operation takes to launch, not how long the GPU computes.
            out.println();
            return;
        }
        double[] whole = new double[1];
        OperationTimes times = profiled(() -> whole[0] = Timing.once(work));
        double known = 0;
        for (OperationKind kind : OperationKind.values()) {
            double share = kind == OperationKind.OTHER
                    ? whole[0] - known
                    : times.millis().getOrDefault(kind, 0.0);
            known += share;
            out.printf(Locale.ROOT, " %9.0f%%", 100 * share / whole[0]);
        }
        out.printf(" %10d%n", times.count());
        out.flush();
    }

    private static OperationTimes profiled(Runnable work) {
        try {
            Path trace = Files.createTempFile("profile", ".json");
            try {
                JniUtils.startProfile(false, false, false);
                try {
                    work.run();
                } finally {
                    JniUtils.stopProfile(trace.toString());
                }
                return OperationTimes.read(trace);
            } finally {
                Files.delete(trace);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
