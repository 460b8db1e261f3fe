package databricks

import (
	"fmt"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

const defaultNodeType = "i3.xlarge"

// runtimes are the long-term support versions, with their Spark and Scala.
var runtimes = []struct{ version, spark, scala string }{
	{"17.3", "4.0.0", "2.13"},
	{"16.4", "3.5.2", "2.12"},
	{"16.4", "3.5.2", "2.13"},
	{"15.4", "3.5.0", "2.12"},
	{"14.3", "3.5.0", "2.12"},
	{"13.3", "3.4.1", "2.12"},
	{"12.2", "3.3.2", "2.12"},
}

func (f *Fake) listSparkVersions(call) (any, error) {
	var reply compute.GetSparkVersionsResponse
	for _, r := range runtimes {
		reply.Versions = append(reply.Versions,
			compute.SparkVersion{
				Key:  fmt.Sprintf("%s.x-scala%s", r.version, r.scala),
				Name: fmt.Sprintf("%s LTS (includes Apache Spark %s, Scala %s)", r.version, r.spark, r.scala),
			},
			compute.SparkVersion{
				Key:  fmt.Sprintf("%s.x-cpu-ml-scala%s", r.version, r.scala),
				Name: fmt.Sprintf("%s LTS ML (includes Apache Spark %s, Scala %s)", r.version, r.spark, r.scala),
			})
	}
	return reply, nil
}

// nodeTypes are a few machines of each category; the last one exists, but not for this workspace.
var nodeTypes = []compute.NodeType{
	nodeType("i3.xlarge", "Storage Optimized", 4, 31232, localDisk(950)),
	nodeType("i3.2xlarge", "Storage Optimized", 8, 62464, localDisk(1900)),
	nodeType("m5d.large", "General Purpose", 2, 8192, localDisk(75)),
	nodeType("m5d.xlarge", "General Purpose", 4, 16384, localDisk(150)),
	nodeType("m5.xlarge", "General Purpose", 4, 16384, nil),
	nodeType("r5d.large", "Memory Optimized", 2, 16384, localDisk(75)),
	nodeType("r5d.xlarge", "Memory Optimized", 4, 32768, localDisk(150)),
	nodeType("c5d.xlarge", "Compute Optimized", 4, 8192, localDisk(100)),
	graviton(nodeType("m6gd.large", "General Purpose", 2, 8192, localDisk(118))),
	gpus(nodeType("g4dn.xlarge", "GPU Accelerated", 4, 16384, localDisk(125)), 1),
	notEnabled(nodeType("r3.xlarge", "Memory Optimized", 4, 31232, localDisk(80))),
}

func (f *Fake) listNodeTypes(call) (any, error) {
	return compute.ListNodeTypesResponse{NodeTypes: nodeTypes}, nil
}

func nodeType(id, category string, cores float64, memoryMb int, disks *compute.NodeInstanceType) compute.NodeType {
	if disks == nil {
		disks = &compute.NodeInstanceType{}
	}
	disks.InstanceTypeId = id
	return compute.NodeType{
		NodeTypeId:          id,
		InstanceTypeId:      id,
		Description:         id,
		Category:            category,
		NumCores:            cores,
		MemoryMb:            memoryMb,
		NodeInstanceType:    disks,
		PhotonDriverCapable: true,
		PhotonWorkerCapable: true,
		SupportClusterTags:  true,
		SupportEbsVolumes:   true,
		NodeInfo:            &compute.CloudProviderNodeInfo{},
		ForceSendFields:     []string{"IsDeprecated", "IsGraviton", "IsHidden", "NumGpus"}, // the vendor writes the zeros
	}
}

func localDisk(gigabytes int) *compute.NodeInstanceType {
	return &compute.NodeInstanceType{LocalDisks: 1, LocalDiskSizeGb: gigabytes}
}

func graviton(n compute.NodeType) compute.NodeType {
	n.IsGraviton = true
	return n
}

func gpus(n compute.NodeType, count int) compute.NodeType {
	n.NumGpus = count
	return n
}

func notEnabled(n compute.NodeType) compute.NodeType {
	n.NodeInfo = &compute.CloudProviderNodeInfo{Status: []compute.CloudProviderNodeStatus{compute.CloudProviderNodeStatusNotEnabledOnSubscription}}
	return n
}
