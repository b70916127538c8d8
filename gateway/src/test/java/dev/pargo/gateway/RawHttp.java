package dev.pargo.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A socket to a gateway, for requests that HTTP clients do not send. */
final class RawHttp implements AutoCloseable {

    final Socket socket;
    private final InputStream in;

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Headers of a request whose body is sent separately. */
    static String head(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    static String chatHead(int length) {
        return head("POST", "/v1/chat/completions", "Content-Length: " + length + "\r\n");
    }

    static String chat(String body) {
        return chatHead(body.getBytes(UTF_8).length) + body;
    }

    static String chunkedChat(String body) {
        return head("POST", "/v1/chat/completions", "Transfer-Encoding: chunked\r\n")
                + Integer.toHexString(body.getBytes(UTF_8).length) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    RawHttp send(String text) throws IOException {
        return send(text.getBytes(UTF_8));
    }

    RawHttp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** The next answer, except interim ones: status line, headers and body. */
    String answer() throws IOException {
        while (true) {
            String head = head();
            if (head.startsWith("HTTP/1.1 1")) {
                continue;
            }
            int length = 0;
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase().startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            return head + new String(in.readNBytes(length), UTF_8);
        }
    }

    /** Everything until the server closes the connection. */
    String untilClosed() throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }

    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed after: " + head.toString(ISO_8859_1));
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
