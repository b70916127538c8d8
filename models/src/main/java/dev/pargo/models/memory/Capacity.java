package dev.pargo.models.memory;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Memory that is available to a process.
 *
 * @param bytes  free memory, including memory that the kernel frees at once: clean pages of files
 * @param source what limits it: {@code machine}, {@code cgroup} or {@code GPU}
 */
public record Capacity(long bytes, String source) {

    /** The available memory of a device; for a CPU that of the machine or the container. */
    public static Capacity of(Device device) {
        if (device.isGpu()) {
            MemoryUsage memory = CudaUtils.getGpuMemory(device);
            return new Capacity(memory.getMax() - memory.getUsed(), "GPU");
        }
        return ofHost(Path.of("/"));
    }

    /** @param root the directory that holds {@code proc} and {@code sys} */
    static Capacity ofHost(Path root) {
        Capacity machine = machine(root);
        return cgroup(root).filter(cgroup -> cgroup.bytes < machine.bytes).orElse(machine);
    }

    private static Capacity machine(Path root) {
        return read(root.resolve("proc/meminfo"))
                .flatMap(meminfo -> number(meminfo, "MemAvailable:"))
                .map(kibibytes -> new Capacity(1024 * kibibytes, "machine"))
                .orElseGet(Capacity::wholeMachine);
    }

    /** Only Linux tells how much memory is available. On other systems all memory counts as available. */
    private static Capacity wholeMachine() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Capacity(system.getTotalMemorySize(), "machine");
    }

    /** The narrowest of the control groups that this process is in, of version 2 or 1. */
    private static Optional<Capacity> cgroup(Path root) {
        return read(root.resolve("proc/self/cgroup")).stream()
                .flatMap(String::lines)
                .flatMap(line -> Hierarchy.of(root, line).stream())
                .flatMap(Hierarchy::groups)
                .map(group -> new Capacity(group.left(), "cgroup"))
                .min((a, b) -> Long.compare(a.bytes, b.bytes));
    }

    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** The number after a name at the beginning of a line. */
    static Optional<Long> number(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" ")[0])
                .map(Long::parseLong)
                .findFirst();
    }
}
