package dev.pargo.models.torch;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a network runs and in which arithmetic.
 *
 * @param packsWeights whether weights may be copied into a layout that is read faster; otherwise they stay in the mapped
 *                     file, which processes share
 */
public record Placement(Device device, Precision precision, boolean packsWeights) {

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d+))?");

    /** CUDA compute capability from which bfloat16 is computed natively (Ampere). */
    private static final int BFLOAT16_CAPABILITY = 80;

    /** @throws PlacementException if the device cannot compute in this precision */
    public Placement {
        if (precision.isQuantized() && device.isGpu()) {
            throw new PlacementException(
                    "precision '%s' is for CPUs: on a GPU use bfloat16 or float16".formatted(precision.label()));
        }
    }

    public static final Placement REFERENCE = new Placement(Device.cpu(), Precision.FLOAT32, true);

    /**
     * Reads the words of the configuration.
     *
     * @param device    {@code cpu}, {@code cuda:N}, or {@code auto}: the first GPU if there is one
     * @param precision a {@link Precision} by its label, or {@code auto}: bfloat16 where the device computes it natively
     * @throws PlacementException naming the value and the known ones
     */
    public static Placement resolve(String device, String precision) {
        Device resolved = resolveDevice(device.toLowerCase(Locale.ROOT));
        return new Placement(resolved, resolvePrecision(precision.toLowerCase(Locale.ROOT), resolved), true);
    }

    /** The same with weights left in the mapped file. */
    public Placement withMappedWeights() {
        return new Placement(device, precision, false);
    }

    /**
     * This placement, for networks that have no quantised form.
     *
     * @throws PlacementException if the precision is quantised
     */
    public Placement unquantized() {
        if (precision.isQuantized()) {
            throw new PlacementException("precision '%s' is for language models only".formatted(precision.label()));
        }
        return this;
    }

    /** Opens a manager whose arrays live on this device. The caller closes it. */
    public PtNDManager newManager() {
        return (PtNDManager) ai.djl.ndarray.NDManager.newBaseManager(device, "PyTorch");
    }

    /** The device's name in configuration and on the wire. */
    public String deviceLabel() {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    private static Device resolveDevice(String name) {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        int gpus = CudaUtils.getGpuCount();
        if (name.equals("auto")) {
            return gpus > 0 ? Device.gpu(0) : Device.cpu();
        }
        Matcher cuda = CUDA.matcher(name);
        if (!cuda.matches()) {
            throw new PlacementException("unknown device '%s': use cpu, cuda:N or auto".formatted(name));
        }
        int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        if (index >= gpus) {
            throw new PlacementException("device '%s' is not there: this host has %d GPUs".formatted(name, gpus));
        }
        return Device.gpu(index);
    }

    private static Precision resolvePrecision(String name, Device device) {
        if (name.equals("auto")) {
            return computesBfloat16(device) ? Precision.BFLOAT16 : Precision.FLOAT32;
        }
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new PlacementException(
                        "unknown precision '%s': use float32, bfloat16, float16, int8, int4 or auto".formatted(name)));
    }

    private static boolean computesBfloat16(Device device) {
        if (device.isGpu()) {
            return Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) >= BFLOAT16_CAPABILITY;
        }
        try {
            String cpu = Files.readString(Path.of("/proc/cpuinfo"));
            return Pattern.compile("\\b(avx512_bf16|amx_bf16|bf16)\\b")
                    .matcher(cpu)
                    .find();
        } catch (IOException e) {
            // Not Linux: Apple's CPUs are the only ones here, and libtorch has no bfloat16 kernels for them.
            return false;
        }
    }
}
