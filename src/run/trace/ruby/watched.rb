# frozen_string_literal: true
# The few methods of Ruby's that a tracer has to hear of: ends of a process that run nothing more, children, and what is written to the two streams.
module WinnowTrace
  module Watched
    def self.ends(recorder)
      at_exit { recorder.finish($!) }
      leaving = Module.new do
        define_method(:exit!) do |*given|
          recorder.finish(nil)
          super(*given)
        end
      end
      Process.singleton_class.prepend(leaving)
      Kernel.singleton_class.prepend(leaving)
      hidden = Module.new do
        define_method(:exit!) do |*given|
          recorder.finish(nil)
          super(*given)
        end
        private :exit!
      end
      Object.prepend(hidden)
      return unless Process.respond_to?(:_fork)

      Process.singleton_class.prepend(
        Module.new do
          define_method(:_fork) do
            child = super()
            recorder.forked if child.zero?
            child
          end
        end,
      )
    end

    # Only these two objects: what is written past Ruby's `write` (`syswrite`, copies of a stream, programs started) is not told.
    def self.output(recorder)
      { 'stdout' => STDOUT, 'stderr' => STDERR }.each do |name, stream|
        stream.singleton_class.prepend(
          Module.new do
            define_method(:write) do |*texts|
              written = super(*texts)
              recorder.output(name, texts)
              written
            end
          end,
        )
      end
    end
  end
end
