package dev.pargo.models.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private Path root;

    @BeforeEach
    void aMachineWithEightGibibytes() throws IOException {
        write(
                "proc/meminfo",
                "MemTotal: 9000000 kB\nMemFree: 1000 kB\nMemAvailable: %d kB\n".formatted(8 * GIB / 1024));
    }

    @Test
    void thisMachineHasSome() {
        assertThat(Capacity.of(Device.cpu()).bytes()).isPositive();
    }

    @Test
    void withoutControlGroupsItIsTheMachines() {
        assertThat(Capacity.ofHost(root)).isEqualTo(new Capacity(8 * GIB, "machine"));
    }

    @Test
    void aContainerOfVersion2HasItsLimitLessItsUseWithoutPagesOfFiles() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "%d\n".formatted(4 * GIB));
        write("sys/fs/cgroup/memory.current", "%d\n".formatted(3 * GIB));
        write("sys/fs/cgroup/memory.stat", "anon 1\nactive_file %d\ninactive_file %d\n".formatted(GIB, GIB / 2));

        assertThat(Capacity.ofHost(root)).isEqualTo(new Capacity(5 * GIB / 2, "cgroup"));
    }

    @Test
    void theNarrowestGroupOfAPathCounts() throws IOException {
        write("proc/self/cgroup", "0::/outer/inner\n");
        write("sys/fs/cgroup/outer/memory.max", "%d\n".formatted(2 * GIB));
        write("sys/fs/cgroup/outer/memory.current", "0\n");
        write("sys/fs/cgroup/outer/inner/memory.max", "max\n");

        assertThat(Capacity.ofHost(root)).isEqualTo(new Capacity(2 * GIB, "cgroup"));
    }

    @Test
    void aContainerOfVersion1SeesItsGroupAtTheMount() throws IOException {
        write("proc/self/cgroup", "5:cpu:/docker/0123\n4:memory:/docker/0123\n0::/docker/0123\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "%d\n".formatted(2 * GIB));
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "%d\n".formatted(GIB));
        write("sys/fs/cgroup/memory/memory.stat", "total_active_file %d\ntotal_inactive_file 0\n".formatted(GIB / 2));

        assertThat(Capacity.ofHost(root)).isEqualTo(new Capacity(3 * GIB / 2, "cgroup"));
    }

    @Test
    void aGroupWithoutALimitDoesNotCount() throws IOException {
        write("proc/self/cgroup", "4:memory:/\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        assertThat(Capacity.ofHost(root)).isEqualTo(new Capacity(8 * GIB, "machine"));
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
