package dev.pargo.llm;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Hosts an LLM decoder. */
@SpringBootApplication
public class LlmServiceApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(LlmServiceApplication.class, arguments);
    }
}
