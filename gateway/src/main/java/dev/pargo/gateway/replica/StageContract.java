package dev.pargo.gateway.replica;

import dev.pargo.proto.v1.DescribeRequest;
import io.grpc.MethodDescriptor;

/**
 * The common properties of a stage's replicas.
 *
 * @param title    the stage's name in sentences
 * @param tag      the stage's name in metrics
 * @param describe asks a replica for its description
 */
public record StageContract<D>(String title, String tag, MethodDescriptor<DescribeRequest, D> describe) {}
