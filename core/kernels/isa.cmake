# Instruction-set flags belong to single files, never to the program: each kernels_NAME.c is
# compiled for its own set and chosen at run time. Autovectorisation is off in the scalar
# references, or they would not be scalar.
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  set(scalar_flags -fno-vectorize -fno-slp-vectorize)
else()
  set(scalar_flags -fno-tree-vectorize)
endif()
function(kernel_flags file)
  set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/kernels/${file}
    PROPERTIES COMPILE_OPTIONS "${ARGN}")
endfunction()
# One body for all sets: what is undefined shows in the others, and is long to compile for.
if(ONEGLYPH_SANITIZE MATCHES undefined)
  set(unwatched -fno-sanitize=undefined)
endif()
kernel_flags(kernels_scalar.c ${scalar_flags})
kernel_flags(kernels_scalar_fma.c ${scalar_flags} ${unwatched})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  kernel_flags(kernels_sse41.c ${ONEGLYPH_FAST} -msse4.1)
  kernel_flags(kernels_avx2.c ${ONEGLYPH_FAST} -mavx2 -mfma)
  set(avx512_flags ${ONEGLYPH_FAST} -mavx512f -mavx512bw -mavx512vl -mfma ${unwatched})
  set(vnni_flags -mavx512vnni)
  if(ONEGLYPH_EMULATE_AVX512)
    set(avx512_flags -O2 -mavx2 -mfma -include ${PROJECT_SOURCE_DIR}/tests/cross/avx512.h)
    set(vnni_flags -DEMULATE_VNNI)
    kernel_flags(dispatch.c "-D__builtin_cpu_supports(x)=1")
  endif()
  kernel_flags(kernels_avx512.c ${avx512_flags})
  kernel_flags(kernels_avx512vnni.c ${avx512_flags} ${vnni_flags})
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64|ARM64")
  kernel_flags(kernels_neon.c ${ONEGLYPH_FAST}) # NEON is part of every 64-bit ARM
endif()
