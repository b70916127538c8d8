package dev.pargo.evaluation.chaos;

import java.io.IOException;

/** Something that happens to a cluster while clients ask it. */
@FunctionalInterface
interface Fault {

    /** Nothing happens. */
    Fault NONE = scene -> {};

    /** Lets it happen, and returns when it is over and the cluster is whole again. */
    void strike(Scene scene) throws IOException, InterruptedException;
}
