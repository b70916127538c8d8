package dev.pargo.encoder;

import dev.pargo.stage.BatchedStageConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Starts the encoder service. */
@SpringBootApplication
@Import(BatchedStageConfiguration.class)
public class EncoderApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(EncoderApplication.class, arguments);
    }
}
