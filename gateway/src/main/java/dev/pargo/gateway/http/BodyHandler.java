package dev.pargo.gateway.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Comes before all routes of a server and reads every body, within {@link BodyRules} and without a waiting thread. A
 * route that reads bodies gets it as {@link RequestBody}; for all other routes, and for the servlet API, requests have
 * no body.
 */
final class BodyHandler extends Handler.Wrapper {

    private final BodyRules rules;
    private final BodyMemory memory;

    BodyHandler(BodyRules rules, BodyMemory memory, Handler next) {
        super(next);
        this.rules = rules;
        this.memory = memory;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        // The time of an answer is bounded by its deadline. Reads and writes still have timeouts.
        request.addIdleTimeoutListener(timeout -> false);
        if (!rules.wanted().test(request) && !hasBody(request)) {
            return super.handle(request, response, callback);
        }
        ArrivingBody body = new ArrivingBody(rules, memory, getHandler(), request, response, callback);
        if (body.isHopeless()) {
            body.giveUp();
        } else {
            body.run();
        }
        return true;
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }
}
