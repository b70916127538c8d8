package dev.pargo.service.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Refuses every request with a body, without reading the body: the routes behind this handler do not need one. */
final class NoBodies extends Handler.Wrapper {

    NoBodies(Handler next) {
        super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
            Response.writeError(
                    request, response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, "This server reads no bodies");
            return true;
        }
        return super.handle(request, response, callback);
    }
}
