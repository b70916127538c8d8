package dev.pargo.llm.grpc;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an answer may hold up.
 *
 * @param backlog    What a request's client may leave unread in any case.
 * @param unread     What all clients together may leave unread. Beyond it, requests with more than their backlog pause until
 *                   their clients read. Short of it a slow client's answers are written at full speed, so that it does not
 *                   keep others from its place in the batch.
 * @param slowReader Longest time that answers wait for their client to read; then its request ends.
 */
@ConfigurationProperties("pargo.llm.answer")
public record AnswerLimits(
        @DefaultValue("512KB") DataSize backlog,
        @DefaultValue("64MB") DataSize unread,
        @DefaultValue("30s") Duration slowReader) {}
