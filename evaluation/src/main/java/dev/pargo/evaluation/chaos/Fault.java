package dev.pargo.evaluation.chaos;

import java.io.IOException;

/** A fault that is injected into a cluster under load. */
@FunctionalInterface
interface Fault {

    /** No fault. */
    Fault NONE = scene -> {};

    /** Injects the fault. Returns when it is over and the cluster is complete again. */
    void strike(Scene scene) throws IOException, InterruptedException;
}
