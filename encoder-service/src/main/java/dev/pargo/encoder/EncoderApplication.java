package dev.pargo.encoder;

import dev.pargo.stage.StageConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** Starts the encoder service. */
@SpringBootApplication
@Import(StageConfiguration.class)
public class EncoderApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(EncoderApplication.class, arguments);
    }
}
