package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatClient;

/**
 * An endpoint under test.
 *
 * @param name  its name in reports
 * @param model the model to ask
 */
record TestedEndpoint(String name, ChatClient client, String model) {}
