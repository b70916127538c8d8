package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatClient;

/**
 * An endpoint under test.
 *
 * @param name  how reports call it
 * @param model which of its models is asked
 */
record Target(String name, ChatClient client, String model) {}
