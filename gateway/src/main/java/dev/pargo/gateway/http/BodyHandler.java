package dev.pargo.gateway.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands before all routes of a server and reads every body itself, within {@link BodyRules}, without a thread that
 * waits. A route that reads bodies finds it as {@link RequestBody}; for all others, and for the servlet API, requests
 * have no body.
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
        // How long an answer may take is for its deadline to say. Reads and writes still time out.
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
