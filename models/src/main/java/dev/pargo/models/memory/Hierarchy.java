package dev.pargo.models.memory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The control groups that limit a process's memory, as the kernel shows them (cgroups(7)).
 *
 * @param mount   where the hierarchy is mounted
 * @param path    the process's group below it
 * @param version the names of its files
 */
record Hierarchy(Path mount, Path path, Version version) {

    /**
     * Names of a group's files with its limit and its use, and the lines of its statistics that count pages of files.
     */
    enum Version {
        V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_active_file ", "total_inactive_file "),
        V2("memory.max", "memory.current", "active_file ", "inactive_file ");

        private final String limit;
        private final String usage;
        private final String active;
        private final String inactive;

        Version(String limit, String usage, String active, String inactive) {
            this.limit = limit;
            this.usage = usage;
            this.active = active;
            this.inactive = inactive;
        }
    }

    /** @param line of /proc/self/cgroup: {@code id:controllers:path} */
    static Optional<Hierarchy> of(Path root, String line) {
        String[] fields = line.split(":", 3);
        if (fields.length < 3) {
            return Optional.empty();
        }
        Path path = Path.of(fields[2].replaceFirst("^/+", ""));
        if (fields[1].isEmpty()) {
            return Optional.of(new Hierarchy(root.resolve("sys/fs/cgroup"), path, Version.V2));
        }
        boolean memory = Stream.of(fields[1].split(",")).anyMatch("memory"::equals);
        return memory
                ? Optional.of(new Hierarchy(root.resolve("sys/fs/cgroup/memory"), path, Version.V1))
                : Optional.empty();
    }

    /**
     * The groups with a limit, from the process's own to the outermost. In a container the process's path may be the host's,
     * which does not exist inside; the mount itself is its group then.
     */
    Stream<Group> groups() {
        return Stream.iterate(mount.resolve(path).normalize(), group -> group.startsWith(mount), Path::getParent)
                .filter(Files::isDirectory)
                .flatMap(group -> group(group).stream());
    }

    private Optional<Group> group(Path directory) {
        return amount(directory, version.limit)
                .map(limit -> new Group(limit, amount(directory, version.usage).orElse(0L), files(directory)));
    }

    /** Empty for "max" in version 2. Version 1 has a huge number instead. */
    private static Optional<Long> amount(Path directory, String file) {
        return Capacity.read(directory.resolve(file))
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,18}|\\d{19}"))
                .map(Long::parseLong);
    }

    private long files(Path directory) {
        String statistics = Capacity.read(directory.resolve("memory.stat")).orElse("");
        return Capacity.number(statistics, version.active).orElse(0L)
                + Capacity.number(statistics, version.inactive).orElse(0L);
    }

    /**
     * One group.
     *
     * @param limit most bytes of its processes
     * @param usage bytes that they have
     * @param files the part of the usage that is pages of files, which the kernel can drop
     */
    record Group(long limit, long usage, long files) {

        long left() {
            return Math.max(0, limit - usage + files);
        }
    }
}
