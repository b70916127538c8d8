package dev.pargo.projector;

import dev.pargo.stage.StageConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Starts the projector service. */
@SpringBootApplication
@Import(StageConfiguration.class)
public class ProjectorApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(ProjectorApplication.class, arguments);
    }
}
