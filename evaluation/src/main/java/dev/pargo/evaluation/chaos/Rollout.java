package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A rolling change of the model, set by set. A set is one replica of each stage. */
final class Rollout {

    private static final Duration MOMENT = Duration.ofSeconds(2);

    private Rollout() {}

    /** Changes the model of the whole cluster and then changes it back. */
    static Fault thereAndBack(Path first, Path second) {
        return scene -> {
            roll(scene, second, Revision.FIRST, Revision.SECOND);
            roll(scene, first, Revision.SECOND, Revision.FIRST);
        };
    }

    private static void roll(Scene scene, Path bundle, String from, String to)
            throws IOException, InterruptedException {
        scene.book().serve(from, to);
        for (int set = 0; set < scene.cluster().count(); set++) {
            replace(scene.cluster(), set, bundle);
        }
        scene.book().serve(to);
        scene.pass(MOMENT);
    }

    private static void replace(Cluster cluster, int set, Path bundle) throws IOException, InterruptedException {
        List<Replica> replicas = ServiceKind.STAGES.stream()
                .map(kind -> cluster.replica(kind, set))
                .toList();
        for (Replica replica : replicas) {
            replica.process().close();
        }
        for (Replica replica : replicas) {
            replica.restart(bundle);
        }
        for (Replica replica : replicas) {
            replica.awaitReady();
        }
    }
}
