package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Rolling changes of the model, there and back. */
final class Rollout {

    private static final Duration MOMENT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Rollout() {}

    /** Learns the answers of a revision from a cluster that serves it alone. */
    static Fault learn(Revision revision) {
        return scene -> {
            if (!scene.book().knows(revision)) {
                scene.book().put(revision, answers(revision, scene.book().questions()));
            }
        };
    }

    /** Changes the whole model set by set. A set is one replica of each stage. */
    static Fault setBySet(Revision revision) {
        return scene -> thereAndBack(scene, ServiceKind.STAGES, revision);
    }

    /** Changes a single stage replica by replica. */
    static Fault ofStage(ServiceKind kind, Revision revision) {
        return scene -> thereAndBack(scene, List.of(kind), revision);
    }

    private static void thereAndBack(Scene scene, List<ServiceKind> kinds, Revision revision)
            throws IOException, InterruptedException {
        roll(scene, kinds, Revision.FIRST, revision);
        roll(scene, kinds, revision, Revision.FIRST);
    }

    private static void roll(Scene scene, List<ServiceKind> kinds, Revision from, Revision to)
            throws IOException, InterruptedException {
        Path bundle = to.write();
        scene.book().serve(from, to);
        for (int set = 0; set < scene.cluster().count(); set++) {
            int number = set;
            replace(
                    kinds.stream()
                            .map(kind -> scene.cluster().replica(kind, number))
                            .toList(),
                    bundle);
        }
        // From now on all answers must be the new revision's, also for pictures that the gateway knows.
        scene.book().serve(to);
        scene.pass(MOMENT);
    }

    private static void replace(List<ProxiedReplica> replicas, Path bundle) throws IOException, InterruptedException {
        for (ProxiedReplica replica : replicas) {
            replica.process().close();
        }
        for (ProxiedReplica replica : replicas) {
            replica.restart(bundle);
        }
        for (ProxiedReplica replica : replicas) {
            replica.awaitReady();
        }
    }

    private static List<String> answers(Revision revision, List<Example> questions) throws IOException {
        try (Cluster alone = new Cluster(revision.write(), 1, Map.of(), new Random(0))) {
            ChatClient client = new ChatClient(alone.url(), null, TIMEOUT);
            List<String> answers = new ArrayList<>();
            for (Example question : questions) {
                answers.add(client.complete(Ask.plain(question).toRequest()).text());
            }
            return answers;
        }
    }
}
