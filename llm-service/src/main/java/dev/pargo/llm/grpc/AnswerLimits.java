package dev.pargo.llm.grpc;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits on text that clients have not read.
 *
 * @param backlog    Bytes that the client of a request may always leave unread.
 * @param unread     Bytes that all clients together may leave unread. Beyond that limit, requests with more than their
 *                   backlog pause until their clients read. Below it, a slow client's answers are written at full
 *                   speed, so that they leave the batch early.
 * @param slowReader Longest time that answers wait for their client to read; then its request ends.
 */
@ConfigurationProperties("pargo.llm.answer")
public record AnswerLimits(
        @DefaultValue("512KB") DataSize backlog,
        @DefaultValue("64MB") DataSize unread,
        @DefaultValue("30s") Duration slowReader) {}
