package dev.pargo.projector;

import dev.pargo.stage.BatchedStageConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Starts the projector service. */
@SpringBootApplication
@Import(BatchedStageConfiguration.class)
public class ProjectorApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(ProjectorApplication.class, arguments);
    }
}
