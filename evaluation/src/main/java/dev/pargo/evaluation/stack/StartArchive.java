package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The classes that a service loads when it starts, in an archive beside its jar (class data sharing). A start with the
 * archive takes less processor time, and tests start many services. An archive is valid for one build of the jar and one
 * version of the JVM. Other JVMs ignore it.
 */
final class StartArchive {

    private static final Path LOCK = Repository.file("evaluation/target/start-archives.lock");

    /** An archive that is being recorded: the service starts, creates everything, and ends. */
    private record Recording(ServiceKind kind, Path unfinished, ServiceProcess service) {

        static Recording start(ServiceKind kind) throws IOException {
            Path directory = Files.createTempDirectory(file(kind).getParent(), "start-archive");
            Path unfinished = directory.resolve(file(kind).getFileName());
            ServiceProcess service = ServiceProcess.start(
                    kind,
                    StackPorts.free(),
                    Map.of("PARGO_MODEL", Repository.bundle().toString()),
                    List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Dspring.context.exit=onRefresh"));
            return new Recording(kind, unfinished, service);
        }

        /** If the service failed, there is no archive, and the next start reports the failure. */
        void finish() throws IOException, InterruptedException {
            service.awaitExit();
            if (Files.exists(unfinished)) {
                Files.move(unfinished, file(kind), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.delete(unfinished.getParent());
        }
    }

    private StartArchive() {}

    /** Options of a service's JVM that make it use the archive; none if there is no archive for this build of the jar. */
    static List<String> options(ServiceKind kind) throws IOException {
        return isCurrent(kind) ? List.of("-XX:SharedArchiveFile=" + file(kind)) : List.of();
    }

    /** Records the archives that are missing or older than their jars. If another process is recording, waits for it. */
    static synchronized void recordMissing() throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            List<Recording> recordings = new ArrayList<>();
            for (ServiceKind kind : ServiceKind.values()) {
                if (!isCurrent(kind)) {
                    recordings.add(Recording.start(kind));
                }
            }
            for (Recording recording : recordings) {
                recording.finish();
            }
        }
    }

    private static boolean isCurrent(ServiceKind kind) throws IOException {
        return Files.exists(file(kind))
                && Files.getLastModifiedTime(file(kind)).compareTo(Files.getLastModifiedTime(kind.jar())) > 0;
    }

    private static Path file(ServiceKind kind) {
        String jar = kind.jar().getFileName().toString();
        return kind.jar().resolveSibling(jar.replace(".jar", ".jsa"));
    }
}
