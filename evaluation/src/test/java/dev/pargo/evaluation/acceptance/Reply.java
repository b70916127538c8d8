package dev.pargo.evaluation.acceptance;

import java.net.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer of the gateway. */
record Reply(int status, HttpHeaders headers, String body) {

    JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /** Text of the only choice. */
    String answer() {
        return json().at("/choices/0/message/content").asString();
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
