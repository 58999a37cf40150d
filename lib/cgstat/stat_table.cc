#include "lib/cgstat/stat_table.h"

namespace cleat::cgstat {
namespace {

constexpr Form V = Form::kValue;
constexpr Form F = Form::kFlat;
constexpr Form P = Form::kPressure;
constexpr Form R = Form::kRecords;
constexpr Form B = Form::kBlkio;
constexpr Form N = Form::kNamed;
constexpr Measure kNs = Measure::kNanoseconds;
constexpr Measure kLimit = Measure::kLimit;
constexpr Measure kPart = Measure::kHundredths;

// clang-format off
constexpr FieldRow kUnified[] = {
    {"cpu.stat", F, "usage_usec", "cpu.usage_us"},
    {"cpu.stat", F, "user_usec", "cpu.user_us"},
    {"cpu.stat", F, "system_usec", "cpu.system_us"},
    {"cpu.stat", F, "nr_periods", "cpu.periods"},
    {"cpu.stat", F, "nr_throttled", "cpu.throttled_periods"},
    {"cpu.stat", F, "throttled_usec", "cpu.throttled_us"},
    {"cpu.stat", F, "nr_bursts", "cpu.bursts"},
    {"cpu.stat", F, "burst_usec", "cpu.burst_us"},

    {"memory.current", V, "", "memory.current_bytes"},
    {"memory.peak", V, "", "memory.peak_bytes"},
    {"memory.max", V, "", "memory.limit_bytes", kLimit},
    {"memory.stat", F, "anon", "memory.anon_bytes"},
    {"memory.stat", F, "file", "memory.file_bytes"},
    {"memory.stat", F, "kernel", "memory.kernel_bytes"},
    {"memory.stat", F, "kernel_stack", "memory.kernel_stack_bytes"},
    {"memory.stat", F, "pagetables", "memory.page_tables_bytes"},
    {"memory.stat", F, "percpu", "memory.percpu_bytes"},
    {"memory.stat", F, "sock", "memory.socket_bytes"},
    {"memory.stat", F, "vmalloc", "memory.vmalloc_bytes"},
    {"memory.stat", F, "slab", "memory.slab_bytes"},
    {"memory.stat", F, "slab_reclaimable", "memory.slab_reclaimable_bytes"},
    {"memory.stat", F, "shmem", "memory.shared_memory_bytes"},
    {"memory.stat", F, "file_mapped", "memory.file_mapped_bytes"},
    {"memory.stat", F, "file_dirty", "memory.file_dirty_bytes"},
    {"memory.stat", F, "file_writeback", "memory.file_writeback_bytes"},
    {"memory.stat", F, "anon_thp", "memory.anon_huge_bytes"},
    {"memory.stat", F, "active_anon", "memory.active_anon_bytes"},
    {"memory.stat", F, "inactive_anon", "memory.inactive_anon_bytes"},
    {"memory.stat", F, "active_file", "memory.active_file_bytes"},
    {"memory.stat", F, "inactive_file", "memory.inactive_file_bytes"},
    {"memory.stat", F, "unevictable", "memory.unevictable_bytes"},
    {"memory.stat", F, "pgfault", "memory.page_faults"},
    {"memory.stat", F, "pgmajfault", "memory.major_page_faults"},
    {"memory.stat", F, "workingset_refault_anon", "memory.anon_refaults"},
    {"memory.stat", F, "workingset_refault_file", "memory.file_refaults"},
    {"memory.stat", F, "zswap", "swap.zswap_bytes"},
    {"memory.stat", F, "zswapped", "swap.zswapped_bytes"},
    {"memory.events", F, "low", "memory.low_events"},
    {"memory.events", F, "high", "memory.high_events"},
    {"memory.events", F, "max", "memory.max_events"},
    {"memory.events", F, "oom", "memory.oom_events"},
    {"memory.events", F, "oom_kill", "memory.oom_kills"},
    {"memory.events", F, "oom_group_kill", "memory.oom_group_kills"},

    {"memory.swap.current", V, "", "swap.current_bytes"},
    {"memory.swap.peak", V, "", "swap.peak_bytes"},
    {"memory.swap.max", V, "", "swap.limit_bytes", kLimit},
    {"memory.swap.events", F, "high", "swap.high_events"},
    {"memory.swap.events", F, "max", "swap.max_events"},
    {"memory.swap.events", F, "fail", "swap.fail_events"},

    {"pids.current", V, "", "pids.current"},
    {"pids.peak", V, "", "pids.peak"},
    {"pids.max", V, "", "pids.limit", kLimit},
    {"pids.events", F, "max", "pids.max_events"},

    {"io.stat", R, "rbytes", "io.read_bytes"},
    {"io.stat", R, "wbytes", "io.write_bytes"},
    {"io.stat", R, "dbytes", "io.discard_bytes"},
    {"io.stat", R, "rios", "io.reads"},
    {"io.stat", R, "wios", "io.writes"},
    {"io.stat", R, "dios", "io.discards"},

#define CLEAT_PRESSURE(resource)                                              \
    {#resource ".pressure", P, "some avg10",                                  \
     "pressure." #resource ".some.avg10_basis_points", kPart},                \
    {#resource ".pressure", P, "some avg60",                                  \
     "pressure." #resource ".some.avg60_basis_points", kPart},                \
    {#resource ".pressure", P, "some avg300",                                 \
     "pressure." #resource ".some.avg300_basis_points", kPart},               \
    {#resource ".pressure", P, "some total",                                  \
     "pressure." #resource ".some.total_us"},                                 \
    {#resource ".pressure", P, "full avg10",                                  \
     "pressure." #resource ".full.avg10_basis_points", kPart},                \
    {#resource ".pressure", P, "full avg60",                                  \
     "pressure." #resource ".full.avg60_basis_points", kPart},                \
    {#resource ".pressure", P, "full avg300",                                 \
     "pressure." #resource ".full.avg300_basis_points", kPart},               \
    {#resource ".pressure", P, "full total",                                  \
     "pressure." #resource ".full.total_us"}

    CLEAT_PRESSURE(cpu),
    CLEAT_PRESSURE(memory),
    CLEAT_PRESSURE(io),
    CLEAT_PRESSURE(irq),
#undef CLEAT_PRESSURE

    {"hugetlb.*.current", Form::kPage, "", "hugetlb.current_bytes"},
    {"hugetlb.*.max", Form::kPage, "", "hugetlb.limit_bytes", kLimit},
    {"hugetlb.*.events", Form::kPageFlat, "max", "hugetlb.max_events"},

    {"misc.current", N, "", "misc.current"},
    {"rdma.current", R, "hca_handle", "rdma.handles"},
    {"rdma.current", R, "hca_object", "rdma.objects"},
};

constexpr FieldRow kV1[] = {
    {"cpuacct.usage", V, "", "cpu.usage_us", kNs},
    {"cpuacct.usage_user", V, "", "cpu.user_us", kNs},
    {"cpuacct.usage_sys", V, "", "cpu.system_us", kNs},
    {"cpu.stat", F, "nr_periods", "cpu.periods"},
    {"cpu.stat", F, "nr_throttled", "cpu.throttled_periods"},
    {"cpu.stat", F, "throttled_time", "cpu.throttled_us", kNs},
    {"cpu.stat", F, "nr_bursts", "cpu.bursts"},
    {"cpu.stat", F, "burst_time", "cpu.burst_us", kNs},

    {"memory.usage_in_bytes", V, "", "memory.current_bytes"},
    {"memory.max_usage_in_bytes", V, "", "memory.peak_bytes"},
    {"memory.limit_in_bytes", V, "", "memory.limit_bytes", kLimit},
    {"memory.kmem.usage_in_bytes", V, "", "memory.kernel_bytes"},
    {"memory.kmem.tcp.usage_in_bytes", V, "", "memory.socket_bytes"},
    {"memory.stat", F, "total_rss", "memory.anon_bytes"},
    {"memory.stat", F, "total_cache", "memory.file_bytes"},
    {"memory.stat", F, "total_shmem", "memory.shared_memory_bytes"},
    {"memory.stat", F, "total_mapped_file", "memory.file_mapped_bytes"},
    {"memory.stat", F, "total_dirty", "memory.file_dirty_bytes"},
    {"memory.stat", F, "total_writeback", "memory.file_writeback_bytes"},
    {"memory.stat", F, "total_rss_huge", "memory.anon_huge_bytes"},
    {"memory.stat", F, "total_active_anon", "memory.active_anon_bytes"},
    {"memory.stat", F, "total_inactive_anon", "memory.inactive_anon_bytes"},
    {"memory.stat", F, "total_active_file", "memory.active_file_bytes"},
    {"memory.stat", F, "total_inactive_file", "memory.inactive_file_bytes"},
    {"memory.stat", F, "total_unevictable", "memory.unevictable_bytes"},
    {"memory.stat", F, "total_pgfault", "memory.page_faults"},
    {"memory.stat", F, "total_pgmajfault", "memory.major_page_faults"},
    {"memory.stat", F, "total_workingset_refault_anon", "memory.anon_refaults"},
    {"memory.stat", F, "total_workingset_refault_file", "memory.file_refaults"},
    {"memory.stat", F, "total_swap", "swap.current_bytes"},
    {"memory.failcnt", V, "", "memory.max_events"},
    {"memory.oom_control", F, "oom_kill", "memory.oom_kills"},

    {"pids.current", V, "", "pids.current"},
    {"pids.peak", V, "", "pids.peak"},
    {"pids.max", V, "", "pids.limit", kLimit},
    {"pids.events", F, "max", "pids.max_events"},

    {"blkio.throttle.io_service_bytes_recursive", B, "Read", "io.read_bytes"},
    {"blkio.throttle.io_service_bytes_recursive", B, "Write", "io.write_bytes"},
    {"blkio.throttle.io_service_bytes_recursive", B, "Discard",
     "io.discard_bytes"},
    {"blkio.throttle.io_serviced_recursive", B, "Read", "io.reads"},
    {"blkio.throttle.io_serviced_recursive", B, "Write", "io.writes"},
    {"blkio.throttle.io_serviced_recursive", B, "Discard", "io.discards"},

    {"hugetlb.*.usage_in_bytes", Form::kPage, "", "hugetlb.current_bytes"},
    {"hugetlb.*.max_usage_in_bytes", Form::kPage, "", "hugetlb.peak_bytes"},
    {"hugetlb.*.limit_in_bytes", Form::kPage, "", "hugetlb.limit_bytes",
     kLimit},
    {"hugetlb.*.failcnt", Form::kPage, "", "hugetlb.max_events"},

    {"rdma.current", R, "hca_handle", "rdma.handles"},
    {"rdma.current", R, "hca_object", "rdma.objects"},
    {"misc.current", N, "", "misc.current"},
};
// clang-format on

}  // namespace

FieldTables StatTables() { return {kUnified, kV1}; }

}  // namespace cleat::cgstat
