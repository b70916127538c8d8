package dev.pargo.stage.status;

import java.util.Optional;

/** Something besides its device that a stage needs to answer requests. */
public interface ReadinessCheck {

    /** Why the stage is not ready; empty if it is. */
    Optional<String> trouble();
}
