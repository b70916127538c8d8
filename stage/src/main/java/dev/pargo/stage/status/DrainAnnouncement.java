package dev.pargo.stage.status;

import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;

/**
 * Announces the shutdown to the stage's clients before its listener closes. Health becomes NOT_SERVING for good. New
 * calls are still accepted until the clients have had time to notice. Thread-safe.
 */
public final class DrainAnnouncement implements ApplicationListener<GrpcServerShutdownEvent> {

    private final HealthStatusManager health;
    private final Duration time;
    private volatile boolean draining;

    /** @param time how long clients need to notice */
    public DrainAnnouncement(HealthStatusManager health, Duration time) {
        this.health = health;
        this.time = time;
    }

    /** Whether the shutdown has begun. */
    public boolean isDraining() {
        return draining;
    }

    /** Called on the thread that stops the server; the server stops when this returns. */
    @Override
    public void onApplicationEvent(GrpcServerShutdownEvent shutdown) {
        draining = true;
        health.enterTerminalState();
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
