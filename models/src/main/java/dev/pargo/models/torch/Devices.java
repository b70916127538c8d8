package dev.pargo.models.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The devices of this machine. */
public final class Devices {

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d+))?");
    private static final Pattern CPU_FLAG = Pattern.compile("\\b(avx512_bf16|amx_bf16|bf16)\\b");

    /** CUDA compute capability from which bfloat16 is computed natively (Ampere). */
    private static final int BFLOAT16_CAPABILITY = 80;

    private Devices() {}

    /**
     * The device of a name.
     *
     * @param name {@code cpu}, {@code cuda:N}, or {@code auto}: the first GPU if there is one
     * @throws PlacementException naming the known ones, or how many GPUs there are
     */
    public static Device named(String name) {
        String device = name.toLowerCase(Locale.ROOT);
        if (device.equals("cpu")) {
            return Device.cpu();
        }
        int gpus = CudaUtils.getGpuCount();
        if (device.equals("auto")) {
            return gpus > 0 ? Device.gpu(0) : Device.cpu();
        }
        Matcher cuda = CUDA.matcher(device);
        if (!cuda.matches()) {
            throw new PlacementException("unknown device '%s': use cpu, cuda:N or auto".formatted(device));
        }
        int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
        if (index >= gpus) {
            throw new PlacementException("device '%s' is not there: this host has %d GPUs".formatted(device, gpus));
        }
        return Device.gpu(index);
    }

    /** Whether a device has instructions for bfloat16; others compute it by way of float32. */
    public static boolean computesBfloat16(Device device) {
        if (device.isGpu()) {
            return Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) >= BFLOAT16_CAPABILITY;
        }
        try {
            return CPU_FLAG.matcher(Files.readString(Path.of("/proc/cpuinfo"))).find();
        } catch (IOException e) {
            // Not Linux: Apple's CPUs are the only ones here, and libtorch has no bfloat16 kernels for them.
            return false;
        }
    }
}
