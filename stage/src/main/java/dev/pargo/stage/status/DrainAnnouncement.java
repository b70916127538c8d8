package dev.pargo.stage.status;

import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationListener;
import org.springframework.grpc.server.lifecycle.GrpcServerShutdownEvent;

/**
 * Tells the stage's clients that it shuts down, before its listener closes: health turns NOT_SERVING for good, and new
 * calls are still taken until the clients have had the time to ask.
 */
public final class DrainAnnouncement implements ApplicationListener<GrpcServerShutdownEvent> {

    private final HealthStatusManager health;
    private final Duration time;

    /** @param time how long clients need to notice */
    public DrainAnnouncement(HealthStatusManager health, Duration time) {
        this.health = health;
        this.time = time;
    }

    /** Called on the thread that stops the server, which goes on afterwards. */
    @Override
    public void onApplicationEvent(GrpcServerShutdownEvent shutdown) {
        health.enterTerminalState();
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
