package dev.pargo.llm.grpc;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an answer may hold up.
 *
 * @param backlog    What one request's client has not read of its answers; more is not written until it reads.
 * @param slowReader Longest time that answers wait for their client to read; then its request ends.
 */
@ConfigurationProperties("pargo.llm.answer")
public record AnswerLimits(
        @DefaultValue("512KB") DataSize backlog,
        @DefaultValue("30s") Duration slowReader) {}
